using System.Text;
using Understudy.Warming.Planning;

namespace Understudy.Worker.Tests.Warming.Planning;

/// <summary>Infos as servers write them, shortened.</summary>
internal static class Infos
{
    private static readonly int[] PowersOfTwo = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    public static IiifImage Parse(string json) =>
        IiifImage.TryParse(Encoding.UTF8.GetBytes(json), out var image, out var error) ? image : throw new InvalidOperationException(error);

    public static string Error(string json)
    {
        Assert.False(IiifImage.TryParse(Encoding.UTF8.GetBytes(json), out var image, out var error));
        Assert.Null(image);
        return error;
    }

    /// <param name="rest">Further members, with a comma before them.</param>
    public static string Json(int version, string rest) => version == 2
        ? $$"""{"@context":"http://iiif.io/api/image/2/context.json","@id":"x","profile":["http://iiif.io/api/image/2/level2.json"]{{rest}}}"""
        : $$"""{"@context":"http://iiif.io/api/image/3/context.json","id":"x","profile":"level2"{{rest}}}""";

    public static IiifImage Tiled(int version, int width, int height, int tile, int factors, string rest = "") =>
        Parse(Json(version, $$""","width":{{width}},"height":{{height}},"tiles":[{"width":{{tile}},"scaleFactors":[{{string.Join(',', PowersOfTwo.Take(factors))}}]}]{{rest}}"""));

    public static string Sizes(params (int Width, int Height)[] sizes) =>
        $""","sizes":[{string.Join(',', sizes.Select(s => $$"""{"width":{{s.Width}},"height":{{s.Height}}}"""))}]""";

    public static string[] Requests(IiifImage image, ViewerProfile profile) => [.. TilePlan.Of(image, profile).Select(r => $"{r.Region}/{r.Size}")];
}
