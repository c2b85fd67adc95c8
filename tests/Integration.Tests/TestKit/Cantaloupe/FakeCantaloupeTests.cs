using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>The fake itself, seen by a plain <see cref="HttpClient"/>: what it serves, caches and counts.</summary>
public sealed class FakeCantaloupeTests : IAsyncLifetime
{
    private const string Id = "/2/5/a picture;x.jp2";
    private static readonly PixelSize Size = new(1001, 701);

    private readonly SourceFiles _files = new();
    private readonly HttpClient _http = new();
    private FakeCantaloupe _node = null!;

    public async ValueTask InitializeAsync()
    {
        _files.Put(Id, Size.Width, Size.Height);
        _node = await FakeCantaloupe.StartAsync(_files);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Theory]
    [InlineData(2, "full", "126,", 126, 88)]
    [InlineData(2, "full", "full", 1001, 701)]
    [InlineData(3, "full", "max", 1001, 701)]
    [InlineData(2, "full", ",88", 126, 88)]
    [InlineData(2, "full", "!200,200", 200, 140)]
    [InlineData(2, "512,512,489,189", "489,", 489, 189)]
    [InlineData(3, "512,512,489,189", "489,189", 489, 189)]
    [InlineData(3, "512,512,999,999", "489,189", 489, 189)]
    public async Task Image_of_the_size_that_was_asked_for_is_good(int version, string region, string size, int width, int height)
    {
        var request = new ImageRequest(region, size, "jpg", 0, Size, new PixelSize(width, height));

        Assert.Null(GoodImage.Check(request, await AskAsync(request.Path, version)));
    }

    [Theory]
    [InlineData("full/0,/0/default.jpg", 400)]
    [InlineData("full/x/0/default.jpg", 400)]
    [InlineData("1001,0,9,9/9,/0/default.jpg", 400)]
    [InlineData("full/1002,/0/default.jpg", 403)]
    [InlineData("full/100,/0/default.tif", 415)]
    [InlineData("full/100,", 404)]
    public async Task Request_that_makes_no_sense_is_refused(string path, int status) => Assert.Equal(status, (await AskAsync(path)).Status);

    [Theory]
    [InlineData(1001, 701, 0, "125x88 250x175 501x351 1001x701", "512x512 1,2,4,8")]
    [InlineData(512, 512, 0, "64x64 128x128 256x256 512x512", "512x512 1,2,4,8")]
    [InlineData(300, 200, 0, "150x100 300x200", "300x200 1,2")]
    [InlineData(8001, 6001, 10_000_000, "125x94 250x188 500x375 1000x750 2000x1500", "512x512 1,2,4,8,16,32,64")]
    public async Task Info_has_cantaloupes_sizes_and_tiles(int width, int height, long maxPixels, string sizes, string tile)
    {
        await using var node = await FakeCantaloupe.StartAsync(_files, options: new CantaloupeOptions { MaxPixels = maxPixels });
        _files.Put("v", width, height);

        foreach (var version in (int[])[2, 3])
        {
            var answer = await _http.AskAsync(node.UrlOf(version, "v", "info.json"));
            Assert.Null(GoodInfo.Check(new PixelSize(width, height), answer));
            var info = JsonNode.Parse(answer.Body.Span)!;
            Assert.Equal(sizes, string.Join(' ', info["sizes"]!.AsArray().Select(s => $"{s!["width"]}x{s["height"]}")));
            var tiles = Assert.Single(info["tiles"]!.AsArray())!;
            Assert.Equal(tile, $"{tiles["width"]}x{tiles["height"]} {string.Join(',', tiles["scaleFactors"]!.AsArray())}");
            Assert.Equal($"http://iiif.example.org/iiif/{version}/v", (string?)info[version == 2 ? "@id" : "id"]);
        }
    }

    [Fact]
    public async Task Tiles_of_the_file_are_doubled_to_the_least_tile_size()
    {
        _files.Put("tiled", new SourceImage(new PixelSize(4000, 3000), new PixelSize(256, 128), Pages: 2));

        var info = JsonNode.Parse((await _http.AskAsync(_node.UrlOf(2, "tiled;2", "info.json"))).Body.Span)!;

        Assert.Equal("1024 512", $"{info["tiles"]![0]!["width"]} {info["tiles"]![0]!["height"]}");
        Assert.Equal(400, (await _http.AskAsync(_node.UrlOf(2, "tiled;3", "info.json"))).Status);
    }

    [Fact]
    public async Task Derivatives_are_kept_by_size_form_and_query_whatever_the_version()
    {
        foreach (var (version, path) in ((int, string)[])[(2, "full/501,/0/default.jpg"), (2, "full/501,351/0/default.jpg"), (3, "full/501,351/0/default.jpg"),
            (2, "full/full/0/default.jpg"), (3, "full/max/0/default.jpg"), (2, "full/501,/0/default.jpg?x=1"), (2, "full/501,/0/default.jpg"),
            (2, "full/501,/0/default.jpg?cache=false"), (2, "full/501,/0/default.jpg?cache=recache"), (2, "full/501,/0/default.jpg?cache=recache")])
            Assert.Equal(200, (await AskAsync(path, version)).Status);

        Assert.Equal(
            ["full/501,/0/default.jpg", "full/501,/0/default.jpg?cache=recache", "full/501,/0/default.jpg?x=1", "full/501,351/0/default.jpg", "full/max/0/default.jpg"],
            _node.Derivatives.ImagesOf(Id));
        Assert.Equal([false, false, true, false, true, false, true, false, false, false], _node.Traffic.Exchanges.Select(e => e.Request.IsCached));
        Assert.Equal(7, _node.Traffic.Decoded);
    }

    [Fact]
    public async Task Derivatives_are_shared_where_the_nodes_share_a_cache()
    {
        var shared = new DerivativeCache();
        await using var first = await FakeCantaloupe.StartAsync(_files, shared);
        await using var second = await FakeCantaloupe.StartAsync(_files, shared);

        foreach (var node in (FakeCantaloupe[])[first, second, _node])
            await _http.AskAsync(node.UrlOf(2, Id, "full/501,/0/default.jpg"));

        Assert.Equal((1, 0, 1), (first.Traffic.Decoded, second.Traffic.Decoded, _node.Traffic.Decoded));
    }

    [Fact]
    public async Task Replaced_file_is_seen_by_nobody_but_a_probe_past_the_caches()
    {
        await AskAsync("info.json");
        await AskAsync("full/125,88/0/default.jpg");
        var after = new PixelSize(701, 1001);
        _files.Put(Id, after.Width, after.Height);

        Assert.Equal(Flaw.WrongSize, GoodInfo.Check(after, await AskAsync("info.json"))?.Flaw);
        Assert.Null(GoodInfo.Check(after, await AskAsync("info.json?cache=false")));
        Assert.Equal((1, 1), (_node.Infos.Heap.Count, _node.Derivatives.ImagesOf(Id).Count));
        var overview = new ImageRequest("full", "88,", "jpg", 0, after, new PixelSize(88, 126));
        Assert.Equal(new BadAnswer(Flaw.WrongSize, "wanted 88x126, got 88x62"), GoodImage.Check(overview, await AskAsync(overview.Path)));
    }

    [Fact]
    public async Task Deleted_file_is_not_found_but_for_what_is_cached()
    {
        await AskAsync("full/125,/0/default.jpg");
        _files.Delete(Id);

        Assert.Equal(200, (await AskAsync("full/125,/0/default.jpg")).Status);
        Assert.Equal(200, (await AskAsync("info.json")).Status);
        Assert.Equal(404, (await AskAsync("full/126,/0/default.jpg")).Status);
    }

    [Fact]
    public async Task Traffic_counts_requests_and_the_pixels_in_flight_of_whole_regions_where_both_sides_are_given()
    {
        var gate = new Gate();
        _node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        var whole = AskAsync("full/125,88/0/default.jpg");
        await gate.ArrivedAsync(1);
        Assert.Equal(Size.Area, _node.Traffic.Pixels.Now);
        var reduced = AskAsync("full/125,/0/default.jpg");
        await gate.ArrivedAsync(2);
        Assert.Equal(Size.Area + (Size.Area >> 6), _node.Traffic.Pixels.Now);
        gate.LetOneThrough();
        await whole;
        gate.Open();
        await reduced;
        await AskAsync("full/125,88/0/default.jpg");

        Assert.Equal((2, Size.Area + (Size.Area >> 6)), (_node.Traffic.ConcurrentRequests.Mark, _node.Traffic.Pixels.Mark));
        await Eventually.TrueAsync(() => _node.Traffic.Pixels.Now == 0, "all answered");
        var url = _node.UrlOf(2, Id, "full/125,88/0/default.jpg").PathAndQuery;
        Assert.Equal(2, _node.Traffic.RequestsOf(url));
        Assert.Equal([url, _node.UrlOf(2, Id, "full/125,/0/default.jpg").PathAndQuery, url], _node.Traffic.Urls);
    }

    [Fact]
    public async Task Latency_passes_by_the_given_clock_and_can_grow_with_the_load()
    {
        var time = new FakeTimeProvider();
        await using var node = await FakeCantaloupe.StartAsync(_files, options: new CantaloupeOptions { Time = time });
        node.Script = CantaloupeScript.SlowerWithLoad(perMegapixelInFlight: TimeSpan.FromSeconds(10));

        var slow = _http.AskAsync(node.UrlOf(2, Id, "full/125,88/0/default.jpg"));
        await Eventually.TrueAsync(() => node.Traffic.Requests == 1, "asked");
        Assert.Equal(TimeSpan.FromSeconds(10) * (Size.Area / 1e6), node.Traffic.Exchanges[0].Fault?.Latency);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return slow.IsCompleted;
            },
            "answered");

        Assert.True(time.GetUtcNow() - new FakeTimeProvider().GetUtcNow() > TimeSpan.FromSeconds(7));
        Assert.Equal(200, (await slow).Status);
    }

    private Task<ServerAnswer> AskAsync(string path, int version = 2) => _http.AskAsync(_node.UrlOf(version, Id, path));
}
