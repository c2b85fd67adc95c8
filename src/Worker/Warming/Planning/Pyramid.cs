namespace Understudy.Warming.Planning;

/// <summary>The levels that OpenSeadragon sees in an image, from its top. Follows the constructor of IIIFTileSource in 3.1.0, 5.0.1 and 6.1.0.</summary>
internal static class Pyramid
{
    /// <summary>OpenSeadragon throws, and the viewer shows nothing; null where it opens the image.</summary>
    public static string? Obstacle(IiifImage image, ViewerProfile profile) =>
        profile == ViewerProfile.C && image.Sizes is { Count: 0 } ? "sizes is an empty list, with which OpenSeadragon 6 does not open an image" : null;

    /// <summary>Each size that a server of level 0 has is a level of its own, of one request.</summary>
    public static bool IsOfSizes(IiifImage image) => image is { Tiles.Count: 0, IsLevel0: true, ScalesAtWill: false };

    public static IReadOnlyList<PyramidLevel> Levels(IiifImage image, ViewerProfile profile)
    {
        var factors = ScaleFactors(image);
        var last = LastLevel(image, profile, factors);
        var sizes = LevelSizes(image, profile, last, factors);
        var levels = new List<PyramidLevel>(last + 1);
        for (var level = 0; level <= last; level++)
        {
            var scale = 1L << (last - level);
            // With several entries only their own scale factors have a tile size. OpenSeadragon takes 0 for the others, and then asks for none or for ever.
            if (TileSize(image, scale) is { } tile)
                levels.Add(new(image, profile, level, scale, tile, sizes?[level], [.. levels]));
        }

        return levels;
    }

    /// <summary>How many requests there are at most.</summary>
    public static long Tiles(IiifImage image, ViewerProfile profile) =>
        IsOfSizes(image) ? image.Sizes?.Count ?? 0 : Levels(image, profile).Sum(l => (long)Math.Min((double)l.Columns * l.Rows, 1L << 50));

    private static IReadOnlyList<int>? ScaleFactors(IiifImage image) => image.Tiles.Count switch
    {
        0 => null,
        1 => image.Tiles[0].ScaleFactors,
        _ => [.. image.Tiles.SelectMany(t => t.ScaleFactors ?? [])],
    };

    private static int LastLevel(IiifImage image, ViewerProfile profile, IReadOnlyList<int>? factors)
    {
        if (factors is not null)
            return (int)Math.Round(Math.Log2(factors.Max()));
        // The natural logarithm: OpenSeadragon says Math.log(pixels, 2), of which JavaScript takes the first argument only.
        var depth = Math.Log(Math.Max(image.Width, image.Height));
        return (int)(profile == ViewerProfile.A ? Math.Ceiling(depth) : Math.Round(depth));
    }

    private static PixelSize? TileSize(IiifImage image, long scale)
    {
        if (image.Tiles.Count == 0)
        {
            var shorter = Math.Min(image.Width, image.Height);
            var side = shorter >= 1024 ? 1024 : shorter >= 512 ? 512 : shorter >= 256 ? 256 : shorter;
            return new(side, side);
        }

        var set = image.Tiles.Count == 1 ? image.Tiles[0] : image.Tiles.LastOrDefault(t => t.ScaleFactors?.Any(f => f == scale) == true);
        return set is null ? null : new PixelSize(set.Width, set.Height);
    }

    /// <summary>Whether the listed sizes are taken for those of the levels; else they are calculated.</summary>
    private static List<PixelSize>? LevelSizes(IiifImage image, ViewerProfile profile, int last, IReadOnlyList<int>? factors)
    {
        if (profile == ViewerProfile.A || image.Sizes is not { } listed)
            return null;
        List<PixelSize> sizes = [.. listed.OrderBy(s => s.Width)];
        if (profile == ViewerProfile.B)
        {
            // Their number decides, whatever they are.
            if (sizes.Count == last)
                sizes.Add(image.Size);
            return sizes.Count == last + 1 ? sizes : null;
        }

        if (sizes is [.., var largest] && largest.Width < image.Width && largest.Height < image.Height)
            sizes.Add(image.Size);
        if (sizes.Count != last + 1)
            return null;
        return factors?.Count != sizes.Count || sizes.Index().All(s => IsScaled(image, s.Item, factors[sizes.Count - 1 - s.Index])) ? sizes : null;
    }

    private static bool IsScaled(IiifImage image, PixelSize size, int factor) =>
        HalfUp((double)image.Width / size.Width) == factor && HalfUp((double)image.Height / size.Height) == factor;

    private static double HalfUp(double number) => Math.Floor(number + 0.5);
}
