using Understudy.Copying.Checksums;

namespace Understudy.Copying;

/// <summary>One ranged read of a source, and the CRCs of what it brought.</summary>
internal sealed class Part(int index, long offset, long length)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Index => index;

    public long Offset => offset;

    public long Length => length;

    /// <summary>Bytes from its beginning that are in the file.</summary>
    public long Received { get; private set; }

    /// <summary>How many of them the journal knows.</summary>
    public long Noted { get; set; }

    /// <summary>Of what was received.</summary>
    public uint Crc32C { get; private set; }

    /// <summary>By the kind that the source keeps, where that is another CRC.</summary>
    public ulong SourceCrc { get; private set; }

    public Task Done => _done.Task;

    public bool IsDone => _done.Task.IsCompleted;

    /// <summary>The file now holds the first <paramref name="received"/> bytes, and these are their CRCs.</summary>
    public void Reach(long received, uint crc32C, ulong sourceCrc)
    {
        (Received, Crc32C, SourceCrc) = (received, crc32C, sourceCrc);
        if (received == length)
            _done.TrySetResult();
    }
}

/// <summary>A source cut into parts. Whoever is free takes the next one, so that a slow connection holds up only its own.</summary>
internal sealed class Parts
{
    private readonly Part[] _parts;
    private int _next = -1;

    public Parts(long length, int partSize)
    {
        Length = length;
        _parts = new Part[(length + partSize - 1) / partSize];
        for (var i = 0; i < _parts.Length; i++)
            _parts[i] = new Part(i, (long)i * partSize, Math.Min(partSize, length - (long)i * partSize));
    }

    public long Length { get; }

    public int Count => _parts.Length;

    public int Missing => _parts.Count(p => !p.IsDone);

    /// <summary>Whether a next attempt would find anything.</summary>
    public bool AreNoted => _parts.Any(p => p.Noted > 0);

    public Part this[int index] => _parts[index];

    /// <summary>The part that begins there and is at least as long, or null. What comes in one part comes whole.</summary>
    public Part? At(long offset, long length) =>
        _parts.Length > 1 && offset % _parts[0].Length == 0 && offset < Length && _parts[offset / _parts[0].Length] is var part && length <= part.Length ? part : null;

    /// <summary>The next part that nobody has taken and that isn't there yet; null when there is none left.</summary>
    public Part? Take()
    {
        while (true)
        {
            var index = Interlocked.Increment(ref _next);
            if (index >= _parts.Length)
                return null;
            if (!_parts[index].IsDone)
                return _parts[index];
        }
    }

    /// <summary>CRC-32C of the whole, joined from the parts'.</summary>
    public uint Crc32C() => _parts.Aggregate(0u, (crc, part) => Checksums.Crc32C.Combine(crc, part.Crc32C, part.Length));

    /// <summary>As <see cref="Crc32C"/>, of the kind that the source keeps.</summary>
    public ulong SourceCrc(ChecksumKind kind) => _parts.Aggregate(0ul, (crc, part) => Crc.Combine(kind, crc, part.SourceCrc, part.Length));
}
