using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Understudy.Contracts;
using Understudy.Copying.Checksums;
using Understudy.Copying.Images;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>Says whether bytes are the source's, and whether they are an image that a tile server can read.</summary>
internal sealed class Verification(StoreFolder store, SourceOptions options)
{
    /// <returns>The facts where the file is the source's image, else what is wrong.</returns>
    public (ImageFacts? Facts, Outcome? Failure) Check(PartialFile file, SourceObject source, SourceVersion version, ExpectedChecksum? expected, Transferred transferred)
    {
        if (expected is not null && !expected.Matches(transferred.Checksum))
            return (null, new Outcome.Failed($"{source.Uri}: the bytes received have {expected.Kind} {Convert.ToBase64String(transferred.Checksum!)}, the source says {expected.ToBase64()}"));
        if (!source.IsStill(version))
            return (null, new Outcome.SourceChanged($"{source.Uri} changed while it was copied"));
        return ImageCheck.Check((offset, buffer) => RandomAccess.Read(file.Handle, buffer, offset), version.Length) switch
        {
            ImageVerdict.Sound(var facts) when Formats.Refuse(facts.Format, source, options) is { } refused => (null, refused),
            ImageVerdict.Sound(var facts) => (facts, null),
            ImageVerdict.Broken(var format, _) when Formats.Refuse(format, source, options) is { } refused => (null, refused),
            ImageVerdict.Broken(_, var reason) => (null, new Outcome.Hopeless(Fault.BadSource, $"{source.Uri} is corrupt: {reason}")),
            _ => throw new InvalidOperationException("no such verdict"),
        };
    }

    /// <summary>
    /// The copy's record, where the store's file is the source's version already: published by an attempt that died before it
    /// could say so, or by whoever filled the store before. Proved by the source's own checksum, never by name or time.
    /// </summary>
    public async Task<CopyRecord?> RecogniseAsync(StorePath path, SourceObject source, SourceVersion version, ExpectedChecksum? expected, CancellationToken cancel)
    {
        if (expected is null || store.Find(path)?.Length != version.Length)
            return null;

        using var file = store.OpenRead(path);
        if (file is null)
            return null;
        var (crc32C, checksum) = await Task.Run(() => Hash(file, expected.Kind, cancel), cancel);
        return expected.Matches(checksum)
            && ImageCheck.Check((offset, buffer) => RandomAccess.Read(file, buffer, offset), version.Length) is ImageVerdict.Sound(var facts)
            && Formats.Refuse(facts.Format, source, options) is null
            ? new CopyRecord(path.Text, source.Uri.ToString(), version, crc32C, facts)
            : null;
    }

    /// <summary>Whether the store's file is, byte for byte, the copy that the catalogue knows.</summary>
    public async Task<bool> IsInStoreAsync(CopyRecord copy, StorePath path, CancellationToken cancel)
    {
        using var file = store.OpenRead(path);
        return file is not null && await Task.Run(() => Hash(file, ChecksumKind.Crc32C, cancel).Crc32C, cancel) == copy.Crc32C;
    }

    private static (uint Crc32C, byte[] Checksum) Hash(SafeFileHandle file, ChecksumKind kind, CancellationToken cancel)
    {
        using var hash = Crc.Is(kind) ? null : IncrementalHash.CreateHash(Transfer.Algorithm(kind));
        var (crc32C, crc) = (0u, 0ul);
        foreach (var piece in FilePieces.Of(file))
        {
            cancel.ThrowIfCancellationRequested();
            crc32C = Crc32C.Append(crc32C, piece.Span);
            if (hash is not null)
                hash.AppendData(piece.Span);
            else if (kind != ChecksumKind.Crc32C)
                crc = Crc.Append(kind, crc, piece.Span);
        }

        return (crc32C, hash?.GetHashAndReset() ?? Crc.ToBytes(kind, kind == ChecksumKind.Crc32C ? crc32C : crc));
    }
}
