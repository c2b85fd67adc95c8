using System.Buffers.Binary;
using System.Text;

namespace Understudy.Copying.Images;

/// <summary>
/// The boxes of a JP2: signature, ftyp, then jp2h somewhere before jp2c, and a whole codestream in jp2c. JPX and JPH (HTJ2K)
/// have the same frame, so the brand is not judged. A JPX may hold more codestreams: each must be whole, the first gives the facts.
/// </summary>
internal sealed class Jp2(Region file)
{
    private string? _brand;
    private ImageHeader? _header;
    private ImageFacts? _facts;

    private readonly record struct ImageHeader(uint Width, uint Height, int Components);

    public static string? Check(Region file, out ImageFacts? facts)
    {
        var jp2 = new Jp2(file);
        var fault = jp2.Boxes();
        facts = jp2._facts;
        return fault;
    }

    private string? Boxes()
    {
        for (var offset = 0L; offset < file.End;)
        {
            if (Box.Read(file, offset, out var box) is { } fault)
                return fault;
            if (Take(box) is { } inside)
                return inside;
            offset = box.End;
        }

        return _facts is null ? $"no codestream (box jp2c) before the file ends at {file.End}" : null;
    }

    private string? Take(Box box)
    {
        if (box.Start > 0 && _brand is null && box.Type != "ftyp")
            return $"the second box, at offset {box.Start}, should be ftyp, but is {box.Type}";

        return box.Type switch
        {
            "ftyp" => FileType(box),
            "jp2h" => Header(box),
            "jp2c" => Contents(box),
            _ => null,
        };
    }

    private string? FileType(Box box)
    {
        var content = file.Part(box.Content, box.End, "box ftyp");
        if (content.Read(box.Content, 8, "the brand", out var brand) is { } fault)
            return fault;
        if (brand[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return $"the brand at offset {box.Content} should be four letters such as 'jp2 ', but is 0x{Convert.ToHexString(brand[..4])}";
        _brand = Encoding.ASCII.GetString(brand[..4]);
        return null;
    }

    private string? Header(Box jp2h)
    {
        var inside = file.Part(jp2h.Content, jp2h.End, "box jp2h");
        if (Box.Read(inside, jp2h.Content, out var ihdr) is { } fault)
            return fault;
        if (ihdr is not { Type: "ihdr", ContentLength: 14 })
            return $"the first box in jp2h, at offset {ihdr.Start}, should be ihdr with 14 bytes, but is {ihdr.Type} with {ihdr.ContentLength}";
        if (inside.Read(ihdr.Content, 14, "ihdr", out var fields) is { } cut)
            return cut;

        _header ??= new ImageHeader(
            Height: BinaryPrimitives.ReadUInt32BigEndian(fields),
            Width: BinaryPrimitives.ReadUInt32BigEndian(fields[4..]),
            Components: BinaryPrimitives.ReadUInt16BigEndian(fields[8..]));

        var coloured = _brand == "jpx "; // A JPX may have its colours in a box of its own (ISO/IEC 15444-2, M.11.7.3).
        for (var offset = ihdr.End; offset < jp2h.End;)
        {
            if (Box.Read(inside, offset, out var box) is { } broken)
                return broken;
            coloured |= box.Type == "colr";
            offset = box.End;
        }

        return coloured ? null : $"box jp2h at offset {jp2h.Start} holds no colr box";
    }

    private string? Contents(Box jp2c)
    {
        if (_header is not { } header)
            return $"the codestream (box jp2c) at offset {jp2c.Start} comes before any header (box jp2h)";
        if (Codestream.Check(file.Part(jp2c.Content, jp2c.End, "codestream"), out var facts) is { } fault)
            return fault;
        if (_facts is not null)
            return null;

        _facts = facts! with { Format = ImageFormat.Jp2 };
        return (header.Width, header.Height, header.Components) == (_facts.Width, _facts.Height, _facts.Components)
            ? null
            : $"ihdr says {header.Width}x{header.Height} with {header.Components} components, but the codestream (SIZ) says "
                + $"{_facts.Width}x{_facts.Height} with {_facts.Components}";
    }
}
