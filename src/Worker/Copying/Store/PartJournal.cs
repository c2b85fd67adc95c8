using System.Globalization;
using System.Text;
using Understudy.Copying.Checksums;

namespace Understudy.Copying.Store;

/// <summary>
/// The text of a journal: a header with the source's version, then one line a part, each closed by its own CRC-32C, so that a line
/// that a crash tore or zeroed is passed over. A record says what was written, not that it reached the disk: the part's CRC tells.
/// </summary>
internal static class PartJournal
{
    private const string Magic = "understudy-parts-1";

    public static byte[] Header(string version) => Line($"{Magic} {Uri.EscapeDataString(version)}");

    public static byte[] Line(PartRecord part) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"{part.Offset:x16} {part.Length:x8} {part.Crc32C:x8}"));

    /// <summary>The parts, by offset, the last record of each; none when the journal is of another version.</summary>
    public static IReadOnlyList<PartRecord> Read(ReadOnlySpan<byte> journal, string version)
    {
        var header = Header(version);
        if (!journal.StartsWith(header))
            return [];

        var parts = new SortedDictionary<long, PartRecord>();
        var rest = journal[header.Length..];
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            if (TryRead(rest[..(end + 1)], out var part))
                parts[part.Offset] = part;
        }

        return [.. parts.Values];
    }

    private static bool TryRead(ReadOnlySpan<byte> line, out PartRecord part)
    {
        // Fixed columns: offset 0–15, length 17–24, CRC 26–33, check 35–42, line feed.
        part = default;
        if (line.Length != 44
            || !long.TryParse(line[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var offset)
            || !int.TryParse(line[17..25], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
            || !uint.TryParse(line[26..34], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc))
            return false;

        part = new PartRecord(offset, length, crc);
        return offset >= 0 && length > 0 && line.SequenceEqual(Line(part));
    }

    private static byte[] Line(string text)
    {
        var check = Crc32C.Append(0, Encoding.ASCII.GetBytes(text));
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text} {check:x8}\n"));
    }
}
