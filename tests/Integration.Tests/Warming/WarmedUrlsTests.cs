using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.Warming;

/// <summary>What is asked for, where, and how often, while all goes well.</summary>
public sealed class WarmedUrlsTests(PostgresServer postgres)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Fact]
    public async Task Each_node_with_a_cache_of_its_own_is_asked_for_everything_once_from_the_top_down()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 3);
        await world.IngestAsync(Id);
        var view = await world.WarmAsync(Id);

        var plan = world.PlanOf(Id);
        Assert.Equal(16, plan.Count);
        Assert.Equal(3 * 18, view.Warmth!.Requested);
        foreach (var node in world.Nodes)
        {
            Assert.Equal(plan.Order(), Pictures(node).Order());
            var urls = node.Traffic.Urls;
            Assert.Equal(2, Infos(node).Distinct().Count());
            Assert.True(urls.Index().Where(u => IsInfo(u.Item)).Max(u => u.Index) < urls.Index().Where(u => !IsInfo(u.Item)).Min(u => u.Index), "info.json comes first");
            Assert.True(
                urls.Index().Where(u => u.Item.Contains("/full/64,", StringComparison.Ordinal)).Max(u => u.Index) < urls.Index().Where(u => u.Item.Contains("/512,512,512,512/", StringComparison.Ordinal)).Min(u => u.Index),
                "the top level comes before the last");
        }

        // Two more, of one node: those from which the plan was made.
        Assert.Equal(3 * 2 + 2, world.Nodes.Sum(n => Infos(n).Count));
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Nodes_that_share_their_cache_are_asked_for_each_image_once_together_and_each_for_info_json()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 3, shared: true);
        await world.IngestAsync(Id);
        var view = await world.WarmAsync(Id);

        Assert.Equal(3 * 2 + 16, view.Warmth!.Requested);
        Assert.Equal(world.PlanOf(Id).Order(), world.Nodes.SelectMany(Pictures).Order());
        Assert.All(world.Nodes, n => Assert.Equal(2, Infos(n).Distinct().Count()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Viewer_that_comes_afterwards_has_nothing_decoded_at_any_node(bool shared)
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 2, shared: shared);
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        using var viewer = new HttpClient();
        foreach (var node in world.Nodes)
        {
            var before = node.Traffic.Decoded;
            foreach (var url in world.PlanOf(Id))
                Assert.Equal(200, (await viewer.AskAsync(new Uri(FakeWarmingWorld.AddressOf(node) + url))).Status);
            Assert.Equal(before, node.Traffic.Decoded);
        }
    }

    [Fact]
    public async Task Two_profiles_are_asked_for_together_and_what_both_ask_for_once()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:Profile=B,C", "Warming:Versions=2", "Warming:MaxRequestsPerAsset=100"]);
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        var plan = world.PlanOf(Id, 2, ViewerProfile.B, ViewerProfile.C);
        Assert.True(plan.Count > 8);
        Assert.Equal(plan.Order(), Pictures(world.Node).Order());
    }

    [Theory]
    [InlineData("Warming:MaxRequestsPerAsset=5", 5)]
    [InlineData("Warming:MaxRequestsPerAsset=0", 0)]
    [InlineData("Warming:MaxLevels=2", 2)]
    [InlineData("Warming:MaxPixelsPerAsset=1048576", 1)] // Version 3 says w,h: each overview is the whole image to a decoder that can't reduce.
    public async Task Budget_ends_the_plan(string setting, int images)
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:Versions=3", setting]);
        await world.IngestAsync(Id);
        var view = await world.WarmAsync(Id);

        Assert.Equal(world.PlanOf(Id, 3).Take(images).Order(), Pictures(world.Node).Order());
        Assert.Equal(1 + images, view.Warmth!.Requested);
    }

    [Fact]
    public async Task Whole_images_go_to_the_full_cluster_by_the_sources_name_and_in_the_sizes_that_the_orchestrator_makes_of_them()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, full: true, settings: ["Warming:FullSizes:0=max", "Warming:FullSizes:1=!100,100", "Warming:MaxRequestsPerAsset=100"]);
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        Assert.DoesNotContain(Pictures(world.Node), u => u.Contains("/full/", StringComparison.Ordinal));
        Assert.NotEmpty(Pictures(world.Node));
        Assert.All(world.Full.Traffic.Urls, u => Assert.Contains("/s3:%2F%2Fpics%2F2%2F5%2Ffoo/", u, StringComparison.Ordinal));
        Assert.Equal(2, Infos(world.Full).Count);
        var full = world.Full.Derivatives.ImagesOf("s3://pics/2/5/foo");
        Assert.Contains("full/1024,1024/0/default.jpg", full);
        Assert.Contains("full/100,100/0/default.jpg", full);
        Assert.DoesNotContain(full, k => k.Contains("max", StringComparison.Ordinal));
        Assert.Equal(full.Count, Pictures(world.Full).Count);
    }

    [Fact]
    public async Task Thumbnails_of_viewers_are_asked_for_besides()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:FullSizes:0=mirador", "Warming:FullSizes:1=universalviewer", "Warming:Versions=2", "Warming:MaxRequestsPerAsset=100"]);
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        var made = world.Node.Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(Id));
        Assert.Contains("full/90,/0/default.jpg", made);
        Assert.Contains("full/200,/0/default.jpg", made);
        // Mirador takes what the info.json lists, as w,h in version 2 as well.
        Assert.Contains("full/128,128/0/default.jpg", made);
        Assert.Equal(made.Count, Pictures(world.Node).Count);
    }

    [Fact]
    public async Task Public_info_json_decides_on_the_urls()
    {
        await using var site = await PublicSite.StartAsync();
        site.Files.Put(FakeWarmingWorld.IdentifierOf(Id), 1024, 1024);
        site.Server.Script = CantaloupeScript.First(1, CantaloupeFault.NotFound);
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [site.Setting, "Warming:Versions=3", "Warming:MaxRequestsPerAsset=100"]);
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        // Its tiles have 256 pixels.
        Assert.Contains(FakeWarmingWorld.UrlOf(Id, 3, "768,768,256,256/256,256/0/default.jpg"), world.Node.Traffic.Urls);
        Assert.DoesNotContain(world.Node.Traffic.Urls, u => u.Contains("/512,512,512,512/512,512/", StringComparison.Ordinal));
        Assert.Equal([FakeWarmingWorld.UrlOf(Id, 3, "info.json")], Infos(world.Node));
        Assert.Equal(2, site.Server.Traffic.Requests);
    }

    [Fact]
    public async Task Public_info_json_of_another_size_than_the_copy_is_bad()
    {
        await using var site = await PublicSite.StartAsync();
        site.Files.Put(FakeWarmingWorld.IdentifierOf(Id), 800, 600);
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [site.Setting]);
        await world.IngestAsync(Id);
        var view = await world.SettledAsync(Id);

        Assert.Equal(AssetState.Present, view.State);
        Assert.Contains("wanted width and height 1024x1024, got 800x600", view.Plan!.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Node.Traffic.Urls);
        Assert.Null(view.Warmth!.WarmedAt);
    }

    [Theory]
    [InlineData("a b(1)+%", "a%20b%281%29%2B%25")]
    [InlineData("é;2~'!*", "%C3%A9%3B2~%27%21%2A")]
    [InlineData("a..b", "a..b")]
    public async Task Odd_names_are_encoded_once_behind_a_leading_slash(string name, string encoded)
    {
        var id = AssetId.Parse($"2/5/{name}");
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:Versions=3"]);
        await world.IngestAsync(id, FakeWarmingWorld.Small);
        await world.WarmAsync(id);

        Assert.All(world.Urls, u => Assert.StartsWith($"/iiif/3/%2F2%2F5%2F{encoded}.jp2/", u, StringComparison.Ordinal));
        Assert.Equal(4, world.Node.Derivatives.ImagesOf($"/2/5/{name}.jp2").Count);
    }

    private static bool IsInfo(string url) => url.EndsWith("/info.json", StringComparison.Ordinal);

    private static IReadOnlyList<string> Infos(FakeCantaloupe node) => [.. node.Traffic.Urls.Where(IsInfo)];

    private static IReadOnlyList<string> Pictures(FakeCantaloupe node) => [.. node.Traffic.Urls.Where(u => !IsInfo(u))];

    /// <summary>Where viewers get their info.json: with smaller tiles than the image servers' own.</summary>
    private sealed class PublicSite(SourceFiles files, FakeCantaloupe server) : IAsyncDisposable
    {
        public SourceFiles Files => files;

        public FakeCantaloupe Server => server;

        public string Setting =>
            $"Warming:PublicInfoJson={FakeWarmingWorld.AddressOf(server)}/iiif/{{version}}/%2F{{customer}}%2F{{space}}%2F{{asset}}.jp2/info.json";

        public static async Task<PublicSite> StartAsync()
        {
            var files = new SourceFiles();
            return new PublicSite(files, await FakeCantaloupe.StartAsync(files, options: new CantaloupeOptions { MinTileSize = 256 }));
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
