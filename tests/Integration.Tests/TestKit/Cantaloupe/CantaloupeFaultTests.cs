using System.Net;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

public sealed class CantaloupeFaultTests : IAsyncLifetime
{
    private const string Id = "2/5/a.jp2";
    private static readonly PixelSize Size = new(4000, 3000);
    private static readonly ImageRequest Overview = new("full", "500,375", "jpg", 0, Size, new PixelSize(500, 375));

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

    public static TheoryData<string> Faults => [.. Known.Keys];

    private static Dictionary<string, (CantaloupeFault Fault, Flaw Flaw)> Known { get; } = new()
    {
        ["empty"] = (CantaloupeFault.Empty, Flaw.Empty),
        ["truncated"] = (CantaloupeFault.Truncated, Flaw.Truncated),
        ["text"] = (CantaloupeFault.SaysInstead("out of memory"), Flaw.NotAnImage),
        ["size"] = (CantaloupeFault.WrongSize(500, 374), Flaw.WrongSize),
        ["404"] = (CantaloupeFault.NotFound, Flaw.NotFound),
        ["500"] = (CantaloupeFault.ServerError, Flaw.ServerError),
        ["501"] = (CantaloupeFault.UnsupportedSource, Flaw.Unsupported),
        ["503"] = (CantaloupeFault.Overloaded(TimeSpan.FromSeconds(7)), Flaw.Overloaded),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_makes_a_bad_answer_that_is_not_cached(string name)
    {
        _node.Script = CantaloupeScript.FirstOfEachUrl(2, Known[name].Fault);

        Assert.Equal(Known[name].Flaw, (await JudgeAsync())?.Flaw);
        Assert.Equal(Known[name].Flaw, (await JudgeAsync())?.Flaw);
        Assert.Empty(_node.Derivatives.ImagesOf(Id));
        Assert.Null(await JudgeAsync());
        Assert.NotEmpty(_node.Derivatives.ImagesOf(Id));
    }

    [Fact]
    public async Task Overloaded_says_when_to_come_back()
    {
        _node.Script = CantaloupeScript.Always(CantaloupeFault.Overloaded(TimeSpan.FromSeconds(7)));

        using var response = await _http.GetAsync(_node.UrlOf(2, Id, Overview.Path));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(7)), (response.StatusCode, response.Headers.RetryAfter?.Delta));
    }

    [Fact]
    public async Task Fault_of_an_info_changes_its_dimensions()
    {
        _node.Script = CantaloupeScript.Infos(CantaloupeScript.First(1, CantaloupeFault.WrongSize(3000, 4000)));

        Assert.Equal(Flaw.WrongSize, GoodInfo.Check(Size, await InfoAsync())?.Flaw);
        Assert.Null(GoodInfo.Check(Size, await InfoAsync()));
    }

    [Fact]
    public async Task Fault_that_sticks_comes_again_until_the_item_is_purged()
    {
        _node.Script = CantaloupeScript.First(1, CantaloupeFault.Truncated with { Sticks = true });

        Assert.Equal(Flaw.Truncated, (await JudgeAsync())?.Flaw);
        Assert.Equal(Flaw.Truncated, (await JudgeAsync())?.Flaw);
        _node.Derivatives.Purge(Id);
        Assert.Null(await JudgeAsync());
    }

    [Fact]
    public async Task Reset_in_mid_body_is_an_exception_and_no_answer()
    {
        _node.Script = CantaloupeScript.Url("/full/", CantaloupeScript.First(1, CantaloupeFault.ResetAfter(100)));

        await Assert.ThrowsAsync<HttpRequestException>(JudgeAsync);
        Assert.Null(await JudgeAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hang_ends_when_the_client_gives_up_and_leaves_nothing_in_flight(bool beforeHeaders)
    {
        _node.Script = CantaloupeScript.Always(beforeHeaders ? CantaloupeFault.Held(new Gate()) : CantaloupeFault.StallAfter(100));
        using var patience = new CancellationTokenSource();
        var hanging = _http.GetAsync(_node.UrlOf(2, Id, Overview.Path), patience.Token);
        await Eventually.TrueAsync(() => _node.Traffic.Requests == 1, "asked");

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await Eventually.TrueAsync(() => (_node.Traffic.ConcurrentRequests.Now, _node.Traffic.Pixels.Now) == (0, 0), "nothing in flight");
    }

    [Fact]
    public async Task Held_request_is_answered_when_the_gate_opens()
    {
        var gate = new Gate();
        _node.Script = CantaloupeScript.Always(CantaloupeFault.Held(gate));
        var held = JudgeAsync();
        await gate.ArrivedAsync(1);
        Assert.False(held.IsCompleted);

        gate.Open();

        Assert.Null(await held);
        Assert.Null(await JudgeAsync());
        Assert.Equal(2, gate.Arrived);
    }

    [Fact]
    public async Task Held_request_puts_back_old_data_after_a_purge()
    {
        var gate = new Gate();
        _node.Script = CantaloupeScript.First(1, CantaloupeFault.Held(gate));
        var before = new ImageRequest("full", "500,", "jpg", 0, Size, new PixelSize(500, 375));
        var held = _http.AskAsync(_node.UrlOf(2, Id, before.Path));
        await gate.ArrivedAsync(1);
        _files.Put(Id, 3000, 4000);
        _node.Infos.PurgeHeap(Id);
        _node.Derivatives.Purge(Id);

        gate.Open();
        await held;

        Assert.Null(GoodImage.Check(before, await _http.AskAsync(_node.UrlOf(2, Id, before.Path))));
    }

    [Fact]
    public async Task Held_request_that_was_answered_from_the_cache_puts_nothing_back()
    {
        var before = new ImageRequest("full", "500,", "jpg", 0, Size, new PixelSize(500, 375));
        await _http.AskAsync(_node.UrlOf(2, Id, before.Path));
        var gate = new Gate();
        _node.Script = CantaloupeScript.Always(CantaloupeFault.Held(gate));
        var held = _http.AskAsync(_node.UrlOf(2, Id, before.Path));
        await gate.ArrivedAsync(1);
        _node.Derivatives.Purge(Id);

        gate.Open();
        await held;

        Assert.Empty(_node.Derivatives.ImagesOf(Id));
    }

    [Fact]
    public async Task Scripts_combine()
    {
        _node.Script = CantaloupeScript.Any(
            CantaloupeScript.Infos(CantaloupeScript.Always(CantaloupeFault.Empty)), CantaloupeScript.EveryNth(2, CantaloupeFault.ServerError));

        Assert.Equal(Flaw.Empty, GoodInfo.Check(Size, await InfoAsync())?.Flaw);
        Assert.Equal(Flaw.ServerError, (await JudgeAsync())?.Flaw);
        Assert.Null(await JudgeAsync());
        Assert.Equal([200, 500, 200], _node.Traffic.Exchanges.Select(e => e.Status));
    }

    private async Task<BadAnswer?> JudgeAsync() => GoodImage.Check(Overview, await _http.AskAsync(_node.UrlOf(2, Id, Overview.Path)));

    private Task<ServerAnswer> InfoAsync() => _http.AskAsync(_node.UrlOf(2, Id, "info.json"));
}
