using System.Globalization;

namespace Understudy.Bench.Warm;

/// <summary>The info.json files of an image server that has tiles of 512 pixels, and scale factors until one tile has it all.</summary>
internal static class Pyramids
{
    public const int Tile = 512;

    public static string Info(int width, int height, int version, string address = "https://iiif.example/iiif/2/%2F2%2F5%2Fimage.jp2")
    {
        var factors = new List<int> { 1 };
        while (Tile * factors[^1] < Math.Max(width, height))
            factors.Add(factors[^1] * 2);
        var tiles = string.Create(CultureInfo.InvariantCulture, $$"""[{"width":{{Tile}},"height":{{Tile}},"scaleFactors":[{{string.Join(',', factors)}}]}]""");
        return version == 2
            ? $$"""{"@context":"http://iiif.io/api/image/2/context.json","@id":"{{address}}","protocol":"http://iiif.io/api/image","width":{{width}},"height":{{height}},"profile":["http://iiif.io/api/image/2/level2.json"],"tiles":{{tiles}}}"""
            : $$"""{"@context":"http://iiif.io/api/image/3/context.json","id":"{{address}}","type":"ImageService3","protocol":"http://iiif.io/api/image","width":{{width}},"height":{{height}},"profile":"level2","tiles":{{tiles}}}""";
    }
}
