namespace Understudy.Copying.Images;

/// <summary>
/// A TIFF 6.0 or BigTIFF, lightly: the first directory, the size in it, and that all strips or tiles lie inside the file.
/// </summary>
internal sealed class Tiff
{
    private const int Width = 256, Height = 257, BitsPerSample = 258, SamplesPerPixel = 277, TileWidth = 322, TileHeight = 323;
    private const int StripOffsets = 273, StripByteCounts = 279, TileOffsets = 324, TileByteCounts = 325;

    private readonly Region _file;
    private readonly bool _bigEndian;
    private readonly bool _big;
    private readonly Dictionary<int, Field> _fields = [];

    /// <summary>Where the values of a tag stand, each of <c>Size</c> bytes, and the first of them.</summary>
    private readonly record struct Field(long Offset, long Count, int Size, long First);

    private Tiff(Region file, bool bigEndian, bool big) => (_file, _bigEndian, _big) = (file, bigEndian, big);

    public static string? Check(Region file, out ImageFacts? facts)
    {
        facts = null;
        if (file.Read(0, 4, "the TIFF header", out var bytes) is { } fault)
            return fault;
        var tiff = new Tiff(file, bigEndian: bytes[0] == 'M', big: bytes.Contains((byte)'+'));
        return tiff.Directory() ?? tiff.Facts(out facts) ?? tiff.Pixels();
    }

    private string? Directory()
    {
        var (pointer, countSize, entrySize) = _big ? (8, 8, 20) : (4, 2, 12);
        if (Number(pointer, pointer, out var start) is { } fault)
            return fault;
        if (start < 8 || start > _file.End)
            return $"the first directory should be inside the file, but is at offset {start} of {_file.End}";
        if (Number(start, countSize, out var count) is { } cut)
            return cut;
        if (count is < 1 or > ushort.MaxValue)
            return $"the directory at offset {start} says {count} entries";

        for (var i = 0; i < count; i++)
        {
            if (Entry(start + countSize + (long)i * entrySize) is { } broken)
                return broken;
        }

        return null;
    }

    private string? Entry(long offset)
    {
        var (countSize, inline) = _big ? (8, 8) : (4, 4);
        if (Number(offset, 2, out var tag) is { } noTag)
            return noTag;
        if (Number(offset + 2, 2, out var type) is { } noType)
            return noType;
        if (Number(offset + 4, countSize, out var count) is { } noCount)
            return noCount;
        if (Number(offset + 4 + countSize, inline, out var pointer) is { } noValue)
            return noValue;

        var size = type switch { 1 => 1, 3 => 2, 4 => 4, 16 => 8, _ => 0 }; // BYTE, SHORT, LONG, LONG8
        if (size == 0 || count < 1)
            return null;
        var values = count <= inline / size ? offset + 4 + countSize : pointer;
        if (Number(values, size, out var first) is { } outside)
            return outside;
        _fields[(int)tag] = new Field(values, count, size, first);
        return null;
    }

    private string? Facts(out ImageFacts? facts)
    {
        facts = null;
        var (width, height) = (First(Width, 0), First(Height, 0));
        var (components, depth) = (First(SamplesPerPixel, 1), First(BitsPerSample, 1)); // The defaults of TIFF 6.0, section 8.
        var (tileWidth, tileHeight) = (First(TileWidth, width), First(TileHeight, height));
        if (new[] { width, height, components, depth, tileWidth, tileHeight }.Any(value => value is < 1 or > int.MaxValue))
            return $"the first directory says {width}x{height} in tiles of {tileWidth}x{tileHeight}, {components} components, {depth} bit";
        facts = new ImageFacts(
            ImageFormat.Tiff, (int)width, (int)height, (int)tileWidth, (int)tileHeight, 0, (int)components, (int)depth);
        return null;
    }

    private string? Pixels()
    {
        var (offsets, lengths) = _fields.ContainsKey(TileOffsets) ? (TileOffsets, TileByteCounts) : (StripOffsets, StripByteCounts);
        if (!_fields.TryGetValue(offsets, out var at) || !_fields.TryGetValue(lengths, out var of) || at.Count != of.Count)
            return $"the first directory should place the pixels by tags {offsets} and {lengths}, with as many values each";

        for (var i = 0L; i < at.Count; i++)
        {
            if (Number(at.Offset + i * at.Size, at.Size, out var offset) is { } fault)
                return fault;
            if (Number(of.Offset + i * of.Size, of.Size, out var length) is { } cut)
                return cut;
            if (offset < 0 || length < 0 || offset > _file.End || length > _file.End - offset)
                return $"strip or tile {i} should be {length} bytes at offset {offset}, but the file ends at {_file.End}";
        }

        return null;
    }

    private long First(int tag, long fallback) => _fields.TryGetValue(tag, out var field) ? field.First : fallback;

    private string? Number(long offset, int size, out long number)
    {
        number = 0;
        if (offset < 0)
            return $"a value should be inside the file, but its offset is over {long.MaxValue}";
        if (_file.Read(offset, size, "a value of the TIFF directory", out var bytes) is { } fault)
            return fault;
        for (var i = 0; i < size; i++)
            number = number << 8 | bytes[_bigEndian ? i : size - 1 - i];
        return null;
    }
}
