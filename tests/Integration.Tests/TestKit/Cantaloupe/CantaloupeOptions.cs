namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>What a node's configuration file would say.</summary>
internal sealed record CantaloupeOptions
{
    /// <summary><c>cache.server.info.enabled</c>.</summary>
    public bool HeapInfos { get; init; } = true;

    /// <summary><c>max_pixels</c>; 0: no limit.</summary>
    public long MaxPixels { get; init; }

    /// <summary><c>endpoint.iiif.min_size</c>.</summary>
    public int MinSize { get; init; } = 64;

    /// <summary><c>endpoint.iiif.min_tile_size</c>.</summary>
    public int MinTileSize { get; init; } = 512;

    /// <summary><c>endpoint.api.enabled</c>.</summary>
    public bool Api { get; init; } = true;

    public string ApiUser { get; init; } = "admin";

    public string ApiSecret { get; init; } = "secret";

    /// <summary><c>base_uri</c>: the load balancer's, so links don't lead back to this node.</summary>
    public Uri PublicAddress { get; init; } = new("http://iiif.example.org");

    /// <summary>What took longer is answered and not kept: for tests that rely on it that nothing takes longer, on machines where it might.</summary>
    public TimeSpan LongestWork { get; init; } = TimeSpan.MaxValue;

    public CantaloupeJournal? Journal { get; init; }

    /// <summary>The clock of latencies and tasks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
