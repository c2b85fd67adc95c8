using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Understudy.Comparing;
using Understudy.Hosting.CommandLine;
using Understudy.Warming.Planning;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Comparing;

public sealed class CompareTests : IAsyncLifetime
{
    // Of 1001 × 701 in tiles of 512: three levels of one request, one of four.
    private const int Requests = 7;

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private FakeImageServer _a = null!;
    private FakeImageServer _b = null!;

    public async ValueTask InitializeAsync() => (_a, _b) = (await FakeImageServer.StartAsync(), await FakeImageServer.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Both_servers_are_asked_for_the_same_cold_and_warm_and_the_table_shows_it()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("# two\n2%2F5%2Ffoo\n\nbar\n"));

        var asked = _a.Asked.Where(p => !p.EndsWith("info.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(asked, _b.Asked.Where(p => !p.EndsWith("info.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(2 * 2 * Requests, asked.Count);
        Assert.Equal(2, asked.Count(p => p == "/2%2F5%2Ffoo/512,512,489,189/489,/0/default.jpg"));

        var lines = _output.ToString().Split('\n');
        Assert.Equal([$"A  {_a.Base}", $"B  {_b.Base}", "2 of 2 assets, as viewers of profile B ask"], lines[..3]);
        Assert.Equal(["A cold", "B cold", "A warm", "B warm"], lines[5..9].Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2])));
        Assert.All(lines[5..9], l => Assert.Equal(["14", "14"], l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..4]));
        Assert.Contains("1.00×", lines[5], StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Json_has_the_same_for_machines()
    {
        await RunAsync("foo\n", a => a with { Json = true, MaxRequests = 3 });
        var report = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("B", report.GetProperty("profile").GetString());
        Assert.Equal(1, report.GetProperty("compared").GetInt32());
        var passes = report.GetProperty("servers").EnumerateArray().SelectMany(s => s.GetProperty("passes").EnumerateArray()).ToList();
        Assert.Equal(["cold", "warm", "cold", "warm"], passes.Select(p => p.GetProperty("pass").GetString()));
        Assert.All(passes, p =>
        {
            Assert.Equal((3, 3), (p.GetProperty("requests").GetInt32(), p.GetProperty("good").GetInt32()));
            var latency = p.GetProperty("latencyMs");
            Assert.True(latency.GetProperty("p50").GetDouble() <= latency.GetProperty("max").GetDouble());
            Assert.True(p.GetProperty("firstByteMs").GetProperty("p50").GetDouble() > 0);
            Assert.True(p.GetProperty("bytes").GetInt64() > 0 && p.GetProperty("requestsPerSecond").GetDouble() > 0);
        });
        Assert.Equal(1, passes[0].GetProperty("p50ToFirst").GetDouble());
    }

    [Fact]
    public async Task Servers_take_turns_in_going_first()
    {
        var order = new List<string>();
        foreach (var (name, server) in new[] { ("a", _a), ("b", _b) })
        {
            server.Instead = (_, path) =>
            {
                if (!path.EndsWith("info.json", StringComparison.Ordinal))
                    order.Add(name);
                return Task.FromResult(false);
            };
        }

        await RunAsync("one\ntwo\n", a => a with { MaxRequests = 1, Concurrency = 1 });
        Assert.Equal("abab" + "baba", string.Concat(order));
    }

    [Fact]
    public async Task Tab_separates_identifiers_that_differ_by_server()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("foo\t%2Ffoo.jp2\n", a => a with { MaxRequests = 1 }));
        Assert.All(_a.Asked, p => Assert.StartsWith("/foo/", p, StringComparison.Ordinal));
        Assert.All(_b.Asked, p => Assert.StartsWith("/%2Ffoo.jp2/", p, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bad_answers_are_counted_by_kind_with_an_example()
    {
        _b.Instead = async (context, path) =>
        {
            if (path.Contains("/full/126,", StringComparison.Ordinal))
                context.Response.StatusCode = 503;
            else if (path.Contains("/full/251,", StringComparison.Ordinal))
                context.Response.ContentType = "image/jpeg";
            else if (path.Contains("/full/501,", StringComparison.Ordinal))
            {
                context.Response.ContentType = "image/jpeg";
                await context.Response.Body.WriteAsync(TinyJpeg.Of(501, 351).AsMemory(0, 200));
            }
            else
                return false;
            return true;
        };

        Assert.Equal(ExitCode.Failed, await RunAsync("foo\n"));
        var lines = _output.ToString().Split('\n');
        Assert.All(["1 overloaded", "1 empty", "1 truncated"], kind => Assert.Contains(kind, lines[6], StringComparison.Ordinal));
        Assert.DoesNotContain("overloaded", lines[5], StringComparison.Ordinal);
        Assert.Contains($"for example: {_b.Base}/foo/full/126,/0/default.jpg: wanted status 200, got 503", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asset_that_has_another_size_at_one_server_is_left_out_and_said_so()
    {
        await using var other = await FakeImageServer.StartAsync(1000, 700);
        Assert.Equal(ExitCode.Failed, await RunAsync("foo\n", a => a with { Bases = [_a.Base, other.Base] }));
        Assert.Contains($"left out: foo: {other.Base} has it with 1000x700", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_a.Asked, p => p.EndsWith(".jpg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asset_that_a_server_does_not_have_is_left_out_and_the_rest_goes_on()
    {
        _b.Instead = (context, path) =>
        {
            var missing = path.Contains("/gone/", StringComparison.Ordinal);
            if (missing)
                context.Response.StatusCode = 404;
            return Task.FromResult(missing);
        };
        Assert.Equal(ExitCode.Failed, await RunAsync("gone\nfoo\n"));
        Assert.Contains("1 of 2 assets", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("left out: gone:", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("404", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_not_there_ends_it()
    {
        await _b.DisposeAsync();
        Assert.Equal(ExitCode.Unreachable, await RunAsync("foo\nbar\n"));
        Assert.Contains($"this server can't be reached: {_b.Base}", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("", "there is no asset in it"), InlineData("# none\n \n", "there is no asset in it")]
    [InlineData("a\tb\tc\n", "line 1 has 3 identifiers for 2 servers"), InlineData("ok\nwith space\n", "line 2 has an identifier that is empty or holds a space")]
    public async Task List_that_is_none_is_refused(string list, string why)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(list));
        Assert.Contains(why, _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_a.Asked);
    }

    [Fact]
    public async Task Base_that_is_no_address_and_list_that_is_no_file_are_refused()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("foo\n", a => a with { Bases = [_a.Base, "node2:8182"] }));
        Assert.Equal(ExitCode.Usage, await RunAsync("foo\n", a => a with { Assets = "/nowhere/at/all" }));
        Assert.Equal(ExitCode.Usage, await RunAsync("foo\n", a => a with { Info = "https://example.org/info.json" }));
    }

    [Fact]
    public async Task Public_info_json_decides_what_is_asked_for()
    {
        await using var published = await FakeImageServer.StartAsync();
        published.Instead = async (context, path) =>
        {
            await context.Response.WriteAsync(published.Info.Replace("[1, 2, 4, 8]", "[1]", StringComparison.Ordinal));
            return true;
        };
        Assert.Equal(ExitCode.Done, await RunAsync("foo\n", a => a with { Info = published.Base + "/public/{id}/info.json" }));
        Assert.Equal("/public/foo/info.json", published.Asked.Single());
        Assert.Equal(4 * 2, _a.Asked.Count(p => p.EndsWith(".jpg", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Interrupted_run_prints_what_is_through()
    {
        using var cancel = new CancellationTokenSource();
        _b.Instead = async (context, path) =>
        {
            if (path.Contains("/second/full/", StringComparison.Ordinal))
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return true;
            }

            return false;
        };
        Assert.Equal(ExitCode.Interrupted, await RunAsync("first\nsecond\nthird\n", cancel: cancel.Token));
        Assert.Contains("1 of 3 assets, as viewers of profile B ask; interrupted", _output.ToString(), StringComparison.Ordinal);
        Assert.All(_output.ToString().Split('\n')[5..9], l => Assert.Contains(" 7 ", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Progress_is_written_over_and_cleared()
    {
        await RunAsync("foo\n", progress: true);
        Assert.StartsWith("\r\e[Kasset 1 of 1, 0 requests made", _error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r\e[K", _error.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> RunAsync(string list, Func<CompareArguments, CompareArguments>? change = null, bool progress = false, CancellationToken cancel = default)
    {
        var terminal = new Terminal(_output, _error, () => new MemoryStream(Encoding.UTF8.GetBytes(list)), null, _ => null);
        var arguments = new CompareArguments([_a.Base, _b.Base], "-", ViewerProfile.B, 4, null, null, false);
        return await Compare.RunAsync(change?.Invoke(arguments) ?? arguments, terminal, progress, TimeProvider.System, cancel);
    }
}
