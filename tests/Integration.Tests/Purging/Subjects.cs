using Understudy.Contracts;
using Understudy.Purging.Targets;
using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.Purging;

internal static class Subjects
{
    public static PurgeSubject Refreshed(string id, int width = 4000, int height = 3000, params string[] sources) =>
        new(AssetId.Parse(id), $"{id}.jp2", sources, new PixelSize(width, height), false, null, "attempt-1");

    public static PurgeSubject Deleted(string id, params string[] sources) => Refreshed(id, sources: sources) with { Size = null, IsDeleted = true };
}
