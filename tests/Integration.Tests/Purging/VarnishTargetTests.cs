using Understudy.Integration.Tests.TestKit;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Edge;

namespace Understudy.Integration.Tests.Purging;

/// <summary>A real Varnish, with VCL as sites write it.</summary>
public sealed class VarnishTargetTests : IAsyncLifetime
{
    // As DLCS's: what is banned stands in the path.
    private const string BansByPath = """
        sub vcl_recv {
            if (req.method == "BAN") {
                if (std.ban("obj.http.x-asset-id == " + regsub(req.url, "^/", ""))) { return (synth(200, "Banned")); }
                return (synth(400, std.ban_error()));
            }
        }
        """;

    private const string BansByHeader = """
        sub vcl_recv {
            if (req.method == "BAN") {
                if (!req.http.x-who) { return (synth(400, "whose?")); }
                if (std.ban("obj.http.x-asset-id == " + req.http.x-who)) { return (synth(200, "Banned")); }
                return (synth(400, std.ban_error()));
            }
        }
        """;

    private const string Purges = """
        sub vcl_recv { if (req.method == "PURGE") { return (purge); } }
        """;

    private const string Keys = """
        import xkey;
        sub vcl_recv {
            if (req.method == "PURGE" && req.http.xkey-purge) { return (synth(200, "" + xkey.purge(req.http.xkey-purge))); }
        }
        """;

    private const string LocksOut = """
        sub vcl_recv { if (req.method == "BAN") { return (synth(403, "not you")); } }
        """;

    private readonly TargetHttp _http = new(TimeProvider.System);
    private readonly HttpClient _viewer = new();
    private HttpReceiver _origin = null!;

    // An orchestrator: says whose answer it is, and counts.
    public async ValueTask InitializeAsync() => _origin = await HttpReceiver.StartAsync(request =>
    {
        if (request.Method != "GET")
            return new(404);
        var id = string.Join('/', request.Target.Split('/')[2..5]);
        return new(200, request.Target, ("Cache-Control", "max-age=3600"), ("x-asset-id", id), ("xkey", id));
    });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _viewer.Dispose();
        await _origin.DisposeAsync();
    }

    [Theory]
    [InlineData(BansByPath, null)]
    [InlineData(BansByHeader, "x-who")]
    public async Task Ban_has_every_answer_of_the_asset_made_anew_and_no_other(string vcl, string? header)
    {
        await using var varnish = await VarnishServer.StartAsync(_origin.Address, vcl);
        await AssertOnlyPurgedAsync(varnish, new VarnishOptions { Url = varnish.Address, Header = header }, tilesToo: true);
    }

    [Fact]
    public async Task Purge_has_the_paths_that_are_named_made_anew()
    {
        await using var varnish = await VarnishServer.StartAsync(_origin.Address, Purges);
        await AssertOnlyPurgedAsync(varnish, new VarnishOptions { Url = varnish.Address, Mode = VarnishMode.Purge, Paths = ["/img/{id}/info.json"] }, tilesToo: false);
    }

    [Fact]
    public async Task Keys_have_every_answer_of_the_asset_made_anew_and_no_other()
    {
        await using var varnish = await VarnishServer.StartAsync(_origin.Address, Keys);
        await AssertOnlyPurgedAsync(varnish, new VarnishOptions { Url = varnish.Address, Mode = VarnishMode.XKey }, tilesToo: true);
    }

    [Fact]
    public async Task Varnish_that_does_not_know_the_method_or_the_worker_is_refused()
    {
        await using var ignorant = await VarnishServer.StartAsync(_origin.Address, "");
        Assert.IsType<PurgeReply.Refused>(await PurgeAsync(new VarnishOptions { Url = ignorant.Address }));
        await using var locked = await VarnishServer.StartAsync(_origin.Address, LocksOut);
        Assert.Contains("acl", Assert.IsType<PurgeReply.Refused>(await PurgeAsync(new VarnishOptions { Url = locked.Address })).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Varnish_that_is_away_or_overloaded_is_not_yet()
    {
        Assert.True(Assert.IsType<PurgeReply.NotYet>(await PurgeAsync(new VarnishOptions { Url = "http://127.0.0.1:1" })).IsAway);
        await using var busy = await HttpReceiver.StartAsync(_ => new(503, "", ("Retry-After", "7")));
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<PurgeReply.NotYet>(await PurgeAsync(new VarnishOptions { Url = busy.Address })).RetryAfter);
    }

    [Fact]
    public async Task Ids_go_to_the_letter_in_the_header_and_encoded_in_the_path()
    {
        await using var varnish = await HttpReceiver.StartAsync(_ => new(200));
        await PurgeAsync(new VarnishOptions { Url = varnish.Address, Host = "iiif.example" }, "2/5/..é %");

        var sent = Assert.Single(varnish.Received);
        Assert.Equal(("BAN", "/2/5/..%C3%A9%20%25", "iiif.example"), (sent.Method, sent.Target, sent.Headers["Host"]));
        Assert.Equal("2/5/..é %", sent.Headers["x-asset-id"]);
    }

    [Fact]
    public async Task Keys_of_many_assets_share_requests()
    {
        await using var varnish = await HttpReceiver.StartAsync(_ => new(200));
        var target = new VarnishTarget(new VarnishOptions { Url = varnish.Address, Mode = VarnishMode.XKey }, _http);

        var replies = await target.PurgeAsync([.. Enumerable.Range(0, 45).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);

        Assert.Equal(45, replies.OfType<PurgeReply.Purged>().Count());
        Assert.Equal(3, varnish.Received.Count);
        Assert.Equal(45, varnish.Received.SelectMany(r => r.Headers["xkey-purge"].Split(' ')).Distinct().Count());
    }

    private async Task AssertOnlyPurgedAsync(VarnishServer varnish, VarnishOptions options, bool tilesToo)
    {
        string[] all = ["/img/2/5/a/info.json", "/img/2/5/a/full/max/0/default.jpg", "/img/2/5/ab/info.json", "/img/2/6/a/info.json"];
        foreach (var path in all.Concat(all))
            await _viewer.GetStringAsync(varnish.Address + path);
        Assert.Equal(all.Length, _origin.Received.Count);

        Assert.IsType<PurgeReply.Purged>(await PurgeAsync(options));

        foreach (var path in all)
            await _viewer.GetStringAsync(varnish.Address + path);
        Assert.Equal(tilesToo ? all[..2] : all[..1], _origin.Received.Skip(all.Length).Select(r => r.Target));
    }

    private async Task<PurgeReply> PurgeAsync(VarnishOptions options, string id = "2/5/a") =>
        (await new VarnishTarget(options, _http).PurgeAsync([Subjects.Refreshed(id)], default)).Single();
}
