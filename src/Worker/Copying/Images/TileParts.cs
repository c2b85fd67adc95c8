using System.Buffers.Binary;

namespace Understudy.Copying.Images;

/// <summary>
/// The chain of tile-parts: each one's length leads exactly to the next or to EOC. A hole of zeros, a missing part of the file
/// or one in the wrong place breaks the chain wherever it covers one of these headers.
/// </summary>
internal sealed class TileParts
{
    private const int HeaderLength = 12;
    private const int Least = HeaderLength + 2; // With SOD, without data.

    private readonly Region _codestream;
    private readonly byte[] _parts; // Of each tile: how many came so far,
    private readonly byte[] _said; // and how many it says it has (0: it has not said).

    private TileParts(Region codestream, int tiles) =>
        (_codestream, _parts, _said) = (codestream, new byte[tiles], new byte[tiles]);

    public static string? Check(Region codestream, long first, int tiles) =>
        (long)tiles * Least > codestream.End - first
            ? $"{tiles} tiles (SIZ) need at least {(long)tiles * Least} bytes, but only {codestream.End - first} follow the main header"
            : new TileParts(codestream, tiles).Walk(first);

    private string? Walk(long offset)
    {
        while (true)
        {
            if (_codestream.Read(offset, 2, "the next tile-part, or the end marker FFD9 (EOC),", out var bytes) is { } fault)
                return fault;
            var marker = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (marker == Marker.EndOfCodestream)
                return Ending(offset);
            if (marker != Marker.StartOfTilePart)
                return $"offset {offset} should hold the next tile-part (FF90, SOT) or the end (FFD9, EOC), but holds {marker:X4}";
            if (TilePart(offset, out var end) is { } broken)
                return broken;
            offset = end;
        }
    }

    private string? TilePart(long offset, out long end)
    {
        end = 0;
        if (_codestream.Read(offset, HeaderLength, "a tile-part header", out var bytes) is { } fault)
            return fault;

        int size = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int tile = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        long length = BinaryPrimitives.ReadUInt32BigEndian(bytes[6..]);
        var (part, said) = (bytes[10], bytes[11]);

        var last = _codestream.End - 2; // Where EOC stands.
        var at = $"the tile-part at offset {offset}";
        if (size != 10)
            return $"{at} has a header (SOT) of length {size}, not 10";
        if (tile >= _parts.Length)
            return $"{at} is of tile {tile}, but there are {_parts.Length} tiles, from 0";
        if (part != _parts[tile] || part == byte.MaxValue)
            return $"{at} is part {part} of tile {tile}, but part {_parts[tile]} should come next";
        if (Said(tile, part, said) is { } contradiction)
            return $"{at} {contradiction}";
        if (length is > 0 and < Least)
            return $"{at} says it is {length} bytes long; the least is {Least}";
        if (length > last - offset)
            return $"{at} says it is {length} bytes long, but the codestream ends at {_codestream.End}";

        _parts[tile]++;
        end = length == 0 ? last : offset + length; // 0: up to EOC, for the last one only (A.4.2).
        return Header(_codestream.Part(offset, end, $"tile-part of {end - offset} bytes"));
    }

    // Some encoders say one part too few, and decoders put up with it (OpenJPEG corrects the count by one).
    private string? Said(int tile, int part, byte said)
    {
        if (said == 0)
            return null;
        if (_said[tile] != 0 && _said[tile] != said)
            return $"says that tile {tile} has {said} parts, but an earlier one said {_said[tile]}";
        if (part > said)
            return $"is part {part} of tile {tile}, which says it has {said}";
        _said[tile] = said;
        return null;
    }

    private static string? Header(Region tilePart)
    {
        for (var offset = tilePart.Start + HeaderLength; ;)
        {
            if (Segment.Read(tilePart, offset, out var segment) is { } fault)
                return fault;
            if (segment.Marker == Marker.StartOfData)
                return null;
            if (segment.Marker is Marker.StartOfTilePart or Marker.Size)
                return $"marker {segment.Marker:X4} at offset {offset} should be FF93 (SOD) or another of a tile-part's header";
            offset = segment.End;
        }
    }

    private string? Ending(long offset)
    {
        if (offset + 2 != _codestream.End)
            return $"the end marker (EOC) stands at offset {offset}, but the codestream goes on to {_codestream.End}";
        for (var tile = 0; tile < _parts.Length; tile++)
        {
            if (_parts[tile] == 0)
                return $"tile {tile} of {_parts.Length} is missing: no tile-part of it before the end at offset {offset}";
            if (_parts[tile] < _said[tile])
                return $"tile {tile} says it has {_said[tile]} parts, but only {_parts[tile]} came before the end at offset {offset}";
        }

        return null;
    }
}
