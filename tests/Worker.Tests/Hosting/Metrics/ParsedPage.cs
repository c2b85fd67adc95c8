using System.Globalization;
using System.Text.RegularExpressions;

namespace Understudy.Worker.Tests.Hosting.Metrics;

/// <summary>A reader of Prometheus's text format that is as strict as Prometheus is, and a bit stricter.</summary>
internal sealed partial class ParsedPage
{
    private readonly Dictionary<string, double> _samples = [];

    public Dictionary<string, string> Types { get; } = [];

    public double this[string series] => _samples[series];

    public IEnumerable<string> Series => _samples.Keys;

    public static ParsedPage Parse(string text)
    {
        var page = new ParsedPage();
        var family = "";
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Type().Match(line) is { Success: true } type)
            {
                family = type.Groups[1].Value;
                Assert.True(page.Types.TryAdd(family, type.Groups[2].Value), $"two TYPE lines for {family}");
            }
            else if (!line.StartsWith("# ", StringComparison.Ordinal))
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                var name = sample.Groups[1].Value;
                var allowed = page.Types[family] == "histogram" ? new[] { family + "_bucket", family + "_sum", family + "_count" } : [family];
                Assert.Contains(name, allowed);
                Assert.True(page._samples.TryAdd(line[..line.LastIndexOf(' ')], Number(sample.Groups[2].Value)), $"twice: {line}");
            }
        }

        return page;
    }

    private static double Number(string text) =>
        text switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.Parse(text, CultureInfo.InvariantCulture) };

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\n"])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\n"])*")*\})? (\S+)$""")]
    private static partial Regex Sample();
}
