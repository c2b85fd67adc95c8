using System.Text.Json;
using System.Text.Json.Nodes;
using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>An info.json as Cantaloupe 5 works it out.</summary>
internal static class InfoJson
{
    public static byte[] Of(int version, string id, SourceImage image, CantaloupeOptions options)
    {
        var size = image.Size;
        var info = new JsonObject
        {
            ["@context"] = $"http://iiif.io/api/image/{version}/context.json",
            [version == 2 ? "@id" : "id"] = id,
        };
        if (version == 3)
            info["type"] = "ImageService3";
        info["protocol"] = "http://iiif.io/api/image";
        info["width"] = size.Width;
        info["height"] = size.Height;
        info["sizes"] = new JsonArray([.. Sizes(size, options).Select(s => (JsonNode)Side(s))]);
        var tile = Side(Tile(image, options));
        tile["scaleFactors"] = new JsonArray([.. Enumerable.Range(0, MostHalvings(size, options) + 1).Select(k => (JsonNode)(1 << k))]);
        info["tiles"] = new JsonArray(tile);
        var area = Limit(size, options);
        if (version == 2)
        {
            info["profile"] = new JsonArray("http://iiif.io/api/image/2/level2.json", new JsonObject
            {
                ["formats"] = new JsonArray("jpg"),
                ["maxArea"] = area,
                ["qualities"] = new JsonArray("default"),
                ["supports"] = new JsonArray("sizeByWh", "sizeByForcedWh", "jsonldMediaType"),
            });
        }
        else
        {
            info["profile"] = "level2";
            info["maxArea"] = area;
        }

        return JsonSerializer.SerializeToUtf8Bytes(info);
    }

    private static IEnumerable<PixelSize> Sizes(PixelSize size, CantaloupeOptions options)
    {
        for (var k = MostHalvings(size, options); k >= 0; k--)
        {
            var half = new PixelSize(Halved(size.Width, k), Halved(size.Height, k));
            if (((double)size.Area / (1L << (2 * k))) <= Limit(size, options))
                yield return half;
        }
    }

    private static PixelSize Tile(SourceImage image, CantaloupeOptions options)
    {
        var (size, least) = (image.Size, options.MinTileSize);
        if (image.Tile is not { } tile || tile.Width >= size.Width)
            return new PixelSize(Math.Min(least, size.Width), Math.Min(least, size.Height));
        while (tile.Width < Math.Min(least, size.Width) || tile.Height < Math.Min(least, size.Height))
            tile = new PixelSize(tile.Width * 2, tile.Height * 2);
        return new PixelSize(Math.Min(tile.Width, size.Width), Math.Min(tile.Height, size.Height));
    }

    private static int MostHalvings(PixelSize size, CantaloupeOptions options)
    {
        var k = 0;
        while (Math.Min(size.Width, size.Height) / Math.Pow(2, k + 1) >= options.MinSize)
            k++;
        return k;
    }

    private static long Limit(PixelSize size, CantaloupeOptions options) =>
        options.MaxPixels == 0 ? size.Area : Math.Min(size.Area, options.MaxPixels);

    private static int Halved(int side, int times) => (int)Math.Round(side / Math.Pow(2, times), MidpointRounding.AwayFromZero);

    private static JsonObject Side(PixelSize size) => new() { ["width"] = size.Width, ["height"] = size.Height };
}
