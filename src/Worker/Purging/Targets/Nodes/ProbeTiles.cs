using Understudy.Warming.Planning;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>
/// Which images tell whether a node's derivatives are of the file that is there. The whole image in one tile, word for word as viewers ask for it: if the
/// node has kept anything, it has kept this. And a tile at full resolution from the middle, where images differ even if their overviews or their margins don't.
/// </summary>
internal static class ProbeTiles
{
    // About 10 s of OpenJPEG for w,h of a whole image; larger overviews are left to the next level, whose tiles cover a part of it.
    private const long MostPixels = 50_000_000;

    public static IReadOnlyList<ImageRequest> Of(IiifImage image, ViewerProfile profile, Decoding decoding)
    {
        if (Pyramid.IsOfSizes(image) || Pyramid.Obstacle(image, profile) is not null)
            return [];
        var levels = Pyramid.Levels(image, profile);
        var requests = levels.Select(l => (IsOneTile: l is { Columns: 1, Rows: 1 }, Request: l.Request(l.Columns / 2, l.Rows / 2)))
            .Where(l => l.Request is not null && image.Refusal(l.Request) is null).ToList();
        var affordable = requests.Where(l => decoding.Pixels(l.Request!) <= MostPixels).ToList();
        var overview = affordable.LastOrDefault(l => l.IsOneTile).Request ?? affordable.FirstOrDefault().Request;
        var detail = requests.LastOrDefault().Request;
        return [.. new[] { overview, detail }.OfType<ImageRequest>().DistinctBy(r => r.Path)];
    }
}
