using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Understudy.Copying.Checksums;
using Understudy.Copying.Images;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;

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
/// checksum, and what was read once is readable.
/// </summary>
internal sealed class Inspection(StoreFolder store, SourceOptions sources)
{
    public Inspected Inspect(StorePath path, CancellationToken cancel)
    {
        using var file = store.OpenRead(path);
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
                var crc = Sum(file, before.Length, cancel);
                return IsSame(before, Folder.Describe(file, path.Text)) ? new Inspected.Whole(facts, crc, before) : new Inspected.Changing();
            default:
                throw new InvalidOperationException("no such verdict");
        }
    }

    /// <summary>Whether the path still stands for the very bytes that were inspected.</summary>
    public bool IsStill(StorePath path, Entry file)
    {
        using var now = store.OpenRead(path);
        return now is not null && IsSame(file, Folder.Describe(now, path.Text));
    }

    private static bool IsSame(Entry a, Entry b) => a.IsSameFileAs(b) && (a.Length, a.Modified, a.Changed) == (b.Length, b.Modified, b.Changed);

    private static uint Sum(SafeFileHandle file, long length, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            var crc = 0u;
            for (long done = 0; done < length;)
            {
                cancel.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, buffer, done);
                if (read == 0)
                    break;
                crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
                done += read;
            }

            return crc;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
