using Understudy.Contracts;
using Understudy.Copying.Images;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Plans;

/// <summary>Outcomes as stages give them.</summary>
internal static class Samples
{
    public static AssetId Asset(string name, int customer = 1) => AssetId.Parse($"{customer}/1/{name}");

    public static AssetIngested Ingested(AssetId id, string? source = "s3://bucket/key", DateTimeOffset? at = null, Lane? lane = null) =>
        new() { Id = id, Source = source, At = at, Lane = lane };

    public static Outcome.Copied Copied(Attempt attempt, long bytes, RetiredFile? replaced = null) =>
        new(Copy(attempt.Id, bytes), replaced, Adopted: false);

    public static CopyRecord Copy(AssetId id, long bytes) => new(
        $"{id}.jp2", "s3://bucket/key", new SourceVersion($"\"{bytes}\"", null, null, bytes), 0xFFFF_FFFF,
        new ImageFacts(ImageFormat.Jp2, 640, 480, 256, 256, 5, 3, 8));
}
