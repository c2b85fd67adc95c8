using System.Globalization;
using System.Text;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>Both readers' images, the fastest first: an SVG that reads on light and on dark.</summary>
internal static class FirstViewChart
{
    private const int Width = 760;
    private const int Height = 380;
    private const int Left = 64;
    private const int Right = 120;
    private const int Top = 56;
    private const int Bottom = 52;

    public static string Draw(GalleryViews views)
    {
        var (cold, warmed) = (views.Cold.Order().ToArray(), views.Warmed.Order().ToArray());
        var step = Step(Math.Max(cold[^1], warmed[^1]));
        var most = Math.Ceiling(Math.Max(cold[^1], warmed[^1]) / step) * step;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{Height}}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
            <title id="title">Time until the first view of each of {{cold.Length}} images: cold and warmed</title>
            <style>
            svg { color: #1f2328; } .cold { color: #b35900; } .warmed { color: #0969da; }
            @media (prefers-color-scheme: dark) { svg { color: #e6edf3; } .cold { color: #f0883e; } .warmed { color: #58a6ff; } }
            text { fill: currentColor; }
            .line { stroke: currentColor; stroke-opacity: .18; }
            .soft { fill-opacity: .7; }
            </style>
            <text x="{{Left}}" y="22" font-size="16" font-weight="600">First view of a gallery of {{cold.Length}} images</text>
            <text class="soft" x="{{Left}}" y="41">seconds from opening an image until its last tile is there; sorted</text>

            """);
        for (var tick = 0; tick * step <= most + (step / 2); tick++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick * step):0.#}\" y2=\"{Y(tick * step):0.#}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Left - 8}\" y=\"{Y(tick * step) + 4:0.#}\" text-anchor=\"end\">{tick * step:0.###}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Left}\" y=\"{Height - Bottom + 22}\">fastest image</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Width - Right}\" y=\"{Height - Bottom + 22}\" text-anchor=\"end\">slowest image</text>\n");
        Curve("cold", cold);
        Curve("warmed", warmed);
        return svg.Append("</svg>\n").ToString();

        double X(int n, int of) => Left + ((Width - Left - Right) * (of == 1 ? 0.5 : (double)n / (of - 1)));

        double Y(double seconds) => Height - Bottom - ((Height - Top - Bottom) * seconds / most);

        void Curve(string name, double[] sorted)
        {
            var points = string.Join(' ', sorted.Select((s, n) => string.Create(CultureInfo.InvariantCulture, $"{X(n, sorted.Length):0.#},{Y(s):0.#}")));
            svg.Append($"<g class=\"{name}\">\n<polyline points=\"{points}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/>\n");
            foreach (var (s, n) in sorted.Select((s, n) => (s, n)))
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(n, sorted.Length):0.#}\" cy=\"{Y(s):0.#}\" r=\"2.5\" fill=\"currentColor\"/>\n");
            // Beside the curve's end, but not below the axis.
            var y = Math.Min(Y(sorted[^1]), Height - Bottom - 18);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 12}\" y=\"{y + 1:0.#}\" font-weight=\"600\">{name}</text>\n</g>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Width - Right + 12}\" y=\"{y + 18:0.#}\">median {Measuring.Spread.Percentile(sorted, 50):0.###} s</text>\n");
        }
    }

    /// <summary>1, 2 or 5 of a power of ten, so that there are from 3 to 8 lines.</summary>
    private static double Step(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(most / 3)));
        return new[] { 1.0, 2, 5 }.Select(s => s * power).Last(s => s <= most / 3);
    }
}
