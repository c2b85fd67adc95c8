using System.Buffers.Binary;
using System.Text;

namespace Understudy.Copying.Images;

/// <summary>One JP2 box (ISO/IEC 15444-1, annex I.4): a length, a type of four letters, and its content.</summary>
internal readonly record struct Box(string Type, long Start, long Content, long End)
{
    public long ContentLength => End - Content;

    public static string? Read(Region within, long offset, out Box box)
    {
        box = default;
        if (within.Read(offset, 8, "a box header", out var header) is { } fault)
            return fault;

        long length = BinaryPrimitives.ReadUInt32BigEndian(header);
        var letters = header[4..8];
        if (letters.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return $"no box at offset {offset}: its type should be four letters, but is 0x{Convert.ToHexString(letters)}";

        var type = Encoding.ASCII.GetString(letters);
        var headerLength = 8;
        if (length == 1)
        {
            headerLength = 16;
            if (within.Read(offset + 8, 8, $"the long length of box {type}", out var longLength) is { } cut)
                return cut;
            length = BinaryPrimitives.ReadInt64BigEndian(longLength);
        }
        else if (length == 0)
        {
            if (!within.IsFile)
                return $"box {type} at offset {offset} has length 0, which only the last box of a file may have";
            length = within.End - offset;
        }

        if (length < headerLength)
            return $"box {type} at offset {offset} has length {length}; the least is {headerLength}";
        if (length > within.End - offset)
            return $"box {type} at offset {offset} is {length} bytes long, but only {within.End - offset} are left";

        box = new Box(type, offset, offset + headerLength, offset + length);
        return null;
    }
}
