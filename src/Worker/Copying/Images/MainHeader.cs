using System.Buffers.Binary;

namespace Understudy.Copying.Images;

/// <summary>The main header: SIZ first, COD and QCD somewhere, and nothing but marker segments up to the first tile-part.</summary>
internal sealed class MainHeader(Region codestream)
{
    private int? _levels;
    private (long Offset, int Steps)? _quantization;

    public ImageSize Size { get; private set; } = null!;

    public int Levels => _levels ?? 0;

    public long End { get; private set; }

    public string? Check()
    {
        var offset = codestream.Start + 2;
        if (Segment.Read(codestream, offset, out var first) is { } fault)
            return fault;
        if (first.Marker != Marker.Size)
            return $"the first segment of the codestream, at offset {offset}, should be FF51 (SIZ), but is {first.Marker:X4}";
        if (ImageSize.Read(codestream, first, out var size) is { } wrong)
            return wrong;

        Size = size!;
        for (offset = first.End; ; )
        {
            if (Segment.Read(codestream, offset, out var segment) is { } broken)
                return broken;
            if (segment.Marker == Marker.StartOfTilePart)
                break;
            if (Take(segment) is { } inside)
                return inside;
            offset = segment.End;
        }

        End = offset;
        return Whole();
    }

    private string? Take(Segment segment) => segment.Marker switch
    {
        Marker.CodingStyle => CodingStyle(segment),
        Marker.Quantization => Quantization(segment),
        Marker.Size or Marker.StartOfData => $"marker {segment.Marker:X4} at offset {segment.Start} does not belong into the main header",
        _ => null,
    };

    private string? CodingStyle(Segment cod)
    {
        if (codestream.Read(cod.Start, 14, "the coding style (COD)", out var bytes) is { } fault)
            return fault;

        var (style, layers, levels) = (bytes[4], BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), bytes[9]);
        var (blockWidth, blockHeight) = (bytes[10] + 2, bytes[11] + 2); // Exponents of 2 (table A.18).
        var wanted = (style & 1) == 0 ? 14 : 15 + levels; // One precinct size a resolution, when they are not the default.
        if (levels > 32 && !Size.IsPart2)
            return $"the coding style (COD) at offset {cod.Start} says {levels} levels; the most is 32";
        if (cod.End - cod.Start != wanted && !Size.IsPart2)
            return $"the coding style (COD) at offset {cod.Start} is {cod.End - cod.Start} bytes long; {wanted} are right for {levels} levels";
        if (layers == 0)
            return $"the coding style (COD) at offset {cod.Start} says 0 layers";
        if (blockWidth > 10 || blockHeight > 10 || blockWidth + blockHeight > 12)
            return $"the coding style (COD) at offset {cod.Start} says code-blocks of 2^{blockWidth} x 2^{blockHeight} samples; the most is 2^12 in all";

        _levels = levels;
        return null;
    }

    private string? Quantization(Segment qcd)
    {
        if (codestream.Read(qcd.Start, 5, "the quantization (QCD)", out var bytes) is { } fault)
            return fault;

        var values = (int)(qcd.End - qcd.Start) - 5;
        var steps = (bytes[4] & 0x1F) switch
        {
            0 => values,
            2 => values / 2,
            _ => int.MaxValue, // One step from which the others follow, or a style of Part 2.
        };
        _quantization = (qcd.Start, steps);
        return null;
    }

    private string? Whole()
    {
        if (_levels is not { } levels)
            return $"no coding style (COD) before the first tile-part at offset {End}";
        if (_quantization is not { } quantization)
            return $"no quantization (QCD) before the first tile-part at offset {End}";

        // More than needed is legal: a transcoder may drop levels (A.6.4). Fewer leave sub-bands without a step size.
        var needed = 3 * levels + 1;
        return quantization.Steps >= needed || Size.IsPart2
            ? null
            : $"the quantization (QCD) at offset {quantization.Offset} has {quantization.Steps} step sizes, but {levels} levels (COD) need {needed}";
    }
}
