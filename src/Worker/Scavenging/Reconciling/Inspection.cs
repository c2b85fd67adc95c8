using Understudy.Contracts;
using Understudy.Copying.Checksums;
using Understudy.Copying.Flow;
using Understudy.Copying.Images;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Scavenging.Reconciling;

/// <summary>What a file turned out to be.</summary>
internal abstract record Inspected
{
    private Inspected()
    {
    }

    public sealed record Whole(ImageFacts Facts, uint Crc32C, Entry File) : Inspected;

    public sealed record NotWhole(string Reason) : Inspected;

    /// <summary>It went, or is being written.</summary>
    public sealed record Changing : Inspected;
}

/// <summary>
/// Whether a file of unknown origin is a whole image. Its bytes are read all: purging, warming and scrubbing know copies by their
/// checksum, and what was read once is readable. That is no use of it: its access time stays.
/// </summary>
internal sealed class Inspection(StoreFolder store, SourceOptions sources, Bandwidth bandwidth)
{
    public async Task<Inspected> InspectAsync(StorePath path, Pace pace, CancellationToken cancel)
    {
        using var file = store.OpenUnseen(path);
        if (file is null)
            return new Inspected.Changing();
        var before = Folder.Describe(file, path.Text);
        switch (ImageCheck.Check((offset, buffer) => RandomAccess.Read(file, buffer, offset), before.Length))
        {
            case ImageVerdict.Broken(_, var reason):
                return new Inspected.NotWhole(reason);
            case ImageVerdict.Sound(var facts) when facts.Format != ImageFormat.Jp2 && !sources.AllowOtherFormats:
                return new Inspected.NotWhole($"{facts.Format}, not JP2; Sources:AllowOtherFormats would let it in");
            case ImageVerdict.Sound(var facts):
                var crc = 0u;
                foreach (var piece in FilePieces.Of(file))
                {
                    crc = Crc32C.Append(crc, piece.Span);
                    await bandwidth.TakeAsync(piece.Length, Lane.Bulk, cancel);
                    await pace.RestAsync(cancel);
                }

                return IsSame(before, Folder.Describe(file, path.Text)) ? new Inspected.Whole(facts, crc, before) : new Inspected.Changing();
            default:
                throw new InvalidOperationException("no such verdict");
        }
    }

    /// <summary>Whether the path still stands for the very bytes that were inspected.</summary>
    public bool IsStill(StorePath path, Entry file)
    {
        using var now = store.OpenUnseen(path);
        return now is not null && IsSame(file, Folder.Describe(now, path.Text));
    }

    private static bool IsSame(Entry a, Entry b) => a.IsSameFileAs(b) && (a.Length, a.Modified, a.Changed) == (b.Length, b.Modified, b.Changed);
}
