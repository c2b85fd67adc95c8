using Understudy.Warming.Planning;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>
/// Which images tell whether a node's derivatives are of the file that is there. The top of the pyramid, word for word as viewers ask for it: if the node
/// has kept anything, it has kept this. And a tile at full resolution from the middle, where images differ even if their overviews or their margins don't.
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
        var overview = levels.Select(Middle).OfType<ImageRequest>().FirstOrDefault(r => MayAsk(image, r) && decoding.Pixels(r) <= MostPixels);
        var detail = levels.Reverse().Select(Middle).OfType<ImageRequest>().FirstOrDefault(r => MayAsk(image, r));
        return [.. new[] { overview, detail }.OfType<ImageRequest>().DistinctBy(r => r.Path)];
    }

    private static ImageRequest? Middle(PyramidLevel level) => level.Request(level.Columns / 2, level.Rows / 2);

    private static bool MayAsk(IiifImage image, ImageRequest request) => image.Refusal(request) is null;
}
