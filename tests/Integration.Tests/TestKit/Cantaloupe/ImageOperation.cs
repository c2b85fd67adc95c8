using System.Globalization;
using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>The part of the URL after the identifier.</summary>
internal sealed record ImageOperation(string Region, string Size, string Rotation, string Quality, string Format)
{
    /// <summary><c>full</c> of version 2 and <c>max</c> are one derivative; <c>w,</c> and <c>w,h</c> are two.</summary>
    public string Key => $"{Region}/{(Size == "full" ? "max" : Size)}/{Rotation}/{Quality}.{Format}";

    /// <returns>What comes out, or null for a request that makes no sense.</returns>
    public PixelSize? Output(PixelSize image) => Cut(image) is { } region ? Scaled(region) : null;

    /// <summary>
    /// How many pixels OpenJPEG decodes: with <c>w,h</c> the whole region, for Cantaloupe reduces the resolution only where the size keeps the aspect.
    /// </summary>
    public long Pixels(PixelSize image)
    {
        if (Cut(image) is not { } region || Scaled(region) is not { } output)
            return 0;
        var reduction = KeepsAspect ? (int)Math.Max(0, Math.Floor(Math.Log2((double)region.Width / output.Width))) : 0;
        return Math.Max(1, region.Area >> (2 * reduction));
    }

    public bool Enlarges(PixelSize image) =>
        Cut(image) is { } region && Scaled(region) is { } output && (output.Width > region.Width || output.Height > region.Height);

    private bool KeepsAspect => Size is not ("full" or "max") && (Size.StartsWith(',') || Size.EndsWith(',') || Size.StartsWith('!'));

    private PixelSize? Cut(PixelSize image)
    {
        if (Region == "full")
            return image;
        return Numbers(Region) is [{ } x, { } y, > 0 and { } width, > 0 and { } height] && x < image.Width && y < image.Height
            ? new PixelSize(Math.Min(width, image.Width - x), Math.Min(height, image.Height - y))
            : null;
    }

    private PixelSize? Scaled(PixelSize region) => Size is "full" or "max" ? region : Numbers(Size.TrimStart('!')) switch
    {
        [> 0 and { } width, null] => new PixelSize(width, Scale(region.Height, width, region.Width)),
        [null, > 0 and { } height] => new PixelSize(Scale(region.Width, height, region.Height), height),
        [> 0 and { } width, > 0 and { } height] when !Size.StartsWith('!') => new PixelSize(width, height),
        [> 0 and { } width, > 0 and { } height] => (long)width * region.Height <= (long)height * region.Width
            ? new PixelSize(width, Scale(region.Height, width, region.Width))
            : new PixelSize(Scale(region.Width, height, region.Height), height),
        _ => null,
    };

    private static int Scale(int side, int to, int from) => Math.Max(1, (int)Math.Round((double)side * to / from, MidpointRounding.AwayFromZero));

    private static int?[]? Numbers(string text)
    {
        var parts = text.Split(',');
        var numbers = new int?[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length == 0)
                continue;
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            numbers[i] = number;
        }

        return numbers;
    }
}
