using System.Globalization;
using System.Text;
using Understudy.Hosting;

namespace Understudy.Scavenging.Replay;

/// <summary>What viewers wait by the size of the store, a curve a policy: an SVG that reads on light and on dark.</summary>
internal static class ReplayChart
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 64;
    private const int Right = 110;
    private const int Top = 56;
    private const int Bottom = 52;
    private const int Line = 16;

    public static string Draw(Survey survey, IReadOnlyList<StoreFigures> figures, ByteSize? present)
    {
        var sizes = figures.Select(f => f.Capacity).Distinct().Order().ToArray();
        var most = Math.Max(0.1, Math.Ceiling(figures.Max(f => f.StallShare) * 10) / 10);
        var curves = figures.GroupBy(f => f.Policy).Select(g => (Policy: g.Key, Points: g.OrderBy(f => f.Capacity).ToArray())).ToArray();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{Height}}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
            <title id="title">What viewers wait for copies, by the size of the store and the policy</title>
            <style>
            svg { color: #1f2328; } .c0 { color: #0969da; } .c1 { color: #8250df; } .c2 { color: #1a7f37; } .c3 { color: #b35900; } .c4 { color: #bf3989; } .c5 { color: #57606a; } .c6 { color: #8c959f; }
            @media (prefers-color-scheme: dark) { svg { color: #e6edf3; } .c0 { color: #58a6ff; } .c1 { color: #bc8cff; } .c2 { color: #3fb950; } .c3 { color: #f0883e; } .c4 { color: #f778ba; } .c5 { color: #8b949e; } .c6 { color: #6e7681; } }
            text { fill: currentColor; }
            .line { stroke: currentColor; stroke-opacity: .18; }
            .soft { fill-opacity: .7; } .now { stroke: currentColor; stroke-opacity: .6; }
            </style>
            <text x="{{Left}}" y="22" font-size="16" font-weight="600">What a larger store buys</text>
            <text class="soft" x="{{Left}}" y="41">time that viewers wait for copies, of what they would wait without a store; {{survey.Uses:N0}} uses</text>

            """);
        for (var tick = 0d; tick <= most + 0.01; tick += most > 0.4 ? 0.2 : 0.1)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Left - 8}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{tick * 100:0} %</text>\n");
        }

        var shown = double.NegativeInfinity;
        foreach (var size in sizes)
        {
            var isNow = size == present?.Bytes;
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{(isNow ? "now" : "line")}\" x1=\"{X(size):0.#}\" x2=\"{X(size):0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>\n");
            if (isNow)
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(size) + 5:0.#}\" y=\"{Top + 12}\" font-weight=\"600\">now</text>\n");
            // Where sizes stand close together, not each has room for its name.
            if (X(size) - shown < 70)
                continue;
            shown = X(size);
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{shown:0.#}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{new ByteSize(size)}</text>\n");
        }

        var named = curves.Index().OrderBy(c => Y(c.Item.Points[^1].StallShare)).ToArray();
        var names = Apart([.. named.Select(c => Y(c.Item.Points[^1].StallShare) + 4)]);
        foreach (var ((number, (policy, points)), name) in named.Zip(names))
        {
            var path = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Capacity):0.#},{Y(p.StallShare):0.#}")));
            var dashes = policy is "belady" or Replaying.BoundName ? " stroke-dasharray=\"5 4\"" : "";
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"c{number % 7}\">\n<polyline points=\"{path}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"{(number == 0 ? 3 : 1.8)}\" stroke-linejoin=\"round\"{dashes}/>\n");
            foreach (var point in points)
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(point.Capacity):0.#}\" cy=\"{Y(point.StallShare):0.#}\" r=\"2.5\" fill=\"currentColor\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 12}\" y=\"{name:0.#}\" font-weight=\"{(number == 0 ? 600 : 400)}\">{policy}</text>\n</g>\n");
        }

        return svg.Append("</svg>\n").ToString();

        double X(long size) => sizes.Length == 1
            ? Left + ((Width - Left - Right) / 2.0)
            : Left + ((Width - Left - Right) * ((double)(size - sizes[0]) / (sizes[^1] - sizes[0])));

        double Y(double share) => Height - Bottom - ((Height - Top - Bottom) * share / most);
    }

    /// <summary>Names beside the curves' ends, none over another and none below the axis.</summary>
    private static double[] Apart(double[] sorted)
    {
        for (var i = 1; i < sorted.Length; i++)
            sorted[i] = Math.Max(sorted[i], sorted[i - 1] + Line);
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = Math.Min(sorted[i], Height - Bottom - (Line * (sorted.Length - 1 - i)));
        return sorted;
    }
}
