using System.Globalization;
using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>
/// Lines of <c>time,id,size</c>, in the order of their times: seconds or an ISO 8601 time, anything (also with commas), bytes. A first line without
/// a time is a heading; a line without bytes is of an asset that never had a copy, and is left out. An asset has the size of its first line. Read anew each time; only the ids stay in memory.
/// </summary>
internal sealed class TraceFile(string path) : ITrace
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<long> _bytes = [];

    /// <summary>How far the file was read this time, from 0 to 1.</summary>
    public double Share { get; private set; }

    /// <summary>Lines that were left out, having no size.</summary>
    public long Unsized { get; private set; }

    /// <exception cref="FormatException">A line is something else; the message says which.</exception>
    public IEnumerable<Use> Read()
    {
        using var file = File.OpenRead(path);
        using var lines = new StreamReader(file, bufferSize: 1 << 16);
        long index = 0;
        Unsized = 0;
        for (var number = 1L; lines.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || (Time(line) is null && number == 1))
                continue;
            if (line[^1] == ',' && Time(line) is not null)
            {
                Unsized++;
                continue;
            }

            yield return Parse(line, number, index++);
            if (index % Replaying.Chunk == 0)
                Share = (double)file.Position / file.Length;
        }
    }

    private Use Parse(string line, long number, long index)
    {
        if (Time(line) is not { } at)
            throw Wrong(number, $"'{Short(line)}' does not begin with a time: seconds, or 2026-11-23T07:00:00Z");
        var (first, last) = (line.IndexOf(',', StringComparison.Ordinal), line.LastIndexOf(','));
        if (last <= first + 1)
            throw Wrong(number, $"'{Short(line)}' is not time,id,size");
        if (!long.TryParse(line.AsSpan(last + 1), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes))
            throw Wrong(number, $"'{Short(line[(last + 1)..])}' is no number of bytes");

        var ids = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var id = line.AsSpan(first + 1, last - first - 1);
        if (!ids.TryGetValue(id, out var asset))
        {
            ids.TryAdd(id, asset = _bytes.Count);
            // An empty file takes room as well.
            _bytes.Add(Math.Max(bytes, 1));
        }

        return new Use(index, at, asset, _bytes[asset]);
    }

    private static double? Time(string line)
    {
        var comma = line.IndexOf(',', StringComparison.Ordinal);
        var text = comma < 0 ? line : line.AsSpan(0, comma);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds) ? seconds
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? (time - DateTimeOffset.UnixEpoch).TotalSeconds
            : null;
    }

    private static FormatException Wrong(long line, string what) => new($"line {line}: {what}");

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
