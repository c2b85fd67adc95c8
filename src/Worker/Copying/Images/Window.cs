namespace Understudy.Copying.Images;

/// <summary>The read-ahead buffer: one small read serves a whole tile-part header.</summary>
internal sealed class Window(ReadAt read)
{
    private const int Size = 256;

    // Every walk moves forward, so it ends; this makes it end soon on a file that is all headers. An honest one needs about five
    // for a tile-part: the largest known to make sense, 65,535 tiles with a tile-part for each of 8 resolutions, 2.6 million.
    private const int MaxReads = 1 << 22;

    private readonly byte[] _buffer = new byte[Size];
    private long _start;
    private int _filled;
    private int _reads;

    public string? Read(long offset, int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (++_reads > MaxReads)
            return $"more than {MaxReads} pieces of headers up to offset {offset}: no image has so many";
        if (offset < _start || offset + count > _start + _filled)
        {
            if (Fill(offset, count) is { } fault)
                return fault;
        }

        bytes = _buffer.AsSpan((int)(offset - _start), count);
        return null;
    }

    private string? Fill(long offset, int count)
    {
        (_start, _filled) = (offset, 0);
        while (_filled < count)
        {
            var got = read(offset + _filled, _buffer.AsSpan(_filled));
            if (got == 0)
                return $"no byte could be read at offset {offset + _filled}, although the file should be longer";
            _filled += got;
        }

        return null;
    }
}
