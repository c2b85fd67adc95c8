using System.Globalization;

namespace Understudy.Warming.Planning;

/// <summary>All requests that OpenSeadragon can make for an image, each once, to the letter.</summary>
internal static class TilePlan
{
    /// <summary>The top level first, each row by row; made while they are read.</summary>
    public static IEnumerable<ImageRequest> Of(IiifImage image, ViewerProfile profile) =>
        Pyramid.Obstacle(image, profile) is not null ? []
        : Pyramid.IsOfSizes(image) ? OfSizes(image, profile)
        : OfTiles(image, profile);

    private static IEnumerable<ImageRequest> OfTiles(IiifImage image, ViewerProfile profile)
    {
        foreach (var level in Pyramid.Levels(image, profile))
        {
            for (var row = 0L; row < level.Rows; row++)
            {
                for (var column = 0L; column < level.Columns; column++)
                {
                    if (level.Request(column, row) is { } request)
                        yield return request;
                }
            }
        }
    }

    private static IEnumerable<ImageRequest> OfSizes(IiifImage image, ViewerProfile profile)
    {
        var format = image.FormatFor(profile);
        return (image.Sizes ?? []).OrderBy(s => s.Width).Select((size, level) => new ImageRequest(
            "full",
            image.Version == 3 ? string.Create(CultureInfo.InvariantCulture, $"{size.Width},{size.Height}") : string.Create(CultureInfo.InvariantCulture, $"{size.Width},"),
            format,
            level,
            image.Size,
            size)).DistinctBy(r => r.Size);
    }
}
