using System.Text.Json;
using Understudy.Hosting.CommandLine;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

public sealed class ScavengeCacheTests
{
    [Fact]
    public async Task Verb_says_what_would_go_and_then_does_it()
    {
        using var cache = Filled(10);
        var (code, output, _) = await RunAsync(cache, cache.Root, "--max-files", "5", "--dry-run");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("WOULD GO", output, StringComparison.Ordinal);
        Assert.Contains("4 files, 16 KiB stay", output, StringComparison.Ordinal);
        Assert.Equal(10, Directory.GetFiles(cache.Root, "*", SearchOption.AllDirectories).Length);

        (code, output, _) = await RunAsync(cache, cache.Root, "--max-files", "5", "--max-bytes", "1GiB");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("gone: what was last used before 2001-", output, StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFiles(cache.Root, "*", SearchOption.AllDirectories).Length);
        Assert.Contains("nothing has to go", (await RunAsync(cache, cache.Root, "--max-files", "5")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_every_number()
    {
        using var cache = Filled(10);
        var (code, output, error) = await RunAsync(cache, cache.Root, "--max-bytes", "20kB", "--json");
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Equal((10, 6, 24_576), (result.GetProperty("files").GetInt32(), result.GetProperty("removedFiles").GetInt32(), result.GetProperty("removedBytes").GetInt32()));
        Assert.Equal(6, result.GetProperty("kinds").GetProperty("image").GetProperty("removedFiles").GetInt32());
        Assert.True(result.GetProperty("withinBudget").GetBoolean());
    }

    [Fact]
    public async Task Progress_goes_to_standard_error_where_a_person_waits()
    {
        using var cache = Filled(10);
        using var error = new StringWriter();
        var terminal = new Terminal(new StringWriter(), error, () => Stream.Null, 80, _ => null);
        Assert.Equal(ExitCode.Done, await ScavengeCache.RunAsync(new(cache.Root, null, 5, null, null, DryRun: false, Json: false), terminal, showProgress: true, cache.Time, CancellationToken.None));
        Assert.EndsWith("\r\e[K", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Budget_that_can_not_be_reached_fails()
    {
        using var cache = Filled(10);
        var (code, output, _) = await RunAsync(cache, cache.Root, "--max-files", "2", "--min-age", "24h");
        Assert.Equal(ExitCode.Done, code);
        cache.Add(CacheKind.Image, "young", TimeSpan.FromMinutes(1));
        cache.Add(CacheKind.Image, "younger", TimeSpan.FromMinutes(1));
        cache.Add(CacheKind.Image, "youngest", TimeSpan.FromMinutes(1));
        (code, output, _) = await RunAsync(cache, cache.Root, "--max-files", "2");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("still over the budget", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_says_what_there_is()
    {
        using var cache = Filled(10);
        using var output = new StringWriter();
        var terminal = new Terminal(output, output, () => Stream.Null, null, _ => null);
        Assert.Equal(ExitCode.Interrupted, await ScavengeCache.RunAsync(new(cache.Root, null, 5, null, null, DryRun: false, Json: false), terminal, showProgress: false, cache.Time, new CancellationToken(canceled: true)));
        Assert.Contains("not finished: it was stopped", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-files", "0")]
    [InlineData("--max-files", "-1")]
    [InlineData("--max-files", "10X")]
    [InlineData("--max-bytes", "0")]
    [InlineData("--max-bytes", "much")]
    [InlineData("--json")]
    [InlineData("--max-files", "1", "--busy-percent", "0")]
    [InlineData("--max-files", "1", "--min-age", "soon")]
    [InlineData("--max-files", "1", "--min-age", "5s")]
    public async Task Wrong_options_are_refused(params string[] options)
    {
        using var cache = Filled(2);
        var (code, output, error) = await RunAsync(cache, [cache.Root, .. options]);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.NotEqual("", error);
        Assert.Equal(2, Directory.GetFiles(cache.Root, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Folder_that_is_no_cache_is_refused()
    {
        using var cache = Filled(2);
        File.WriteAllText(Path.Combine(cache.Outside, "scan.jp2"), "");
        var (code, _, error) = await RunAsync(cache, cache.Outside, "--max-files", "1");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("neither image nor info nor source", error, StringComparison.Ordinal);
    }

    private static TempCache Filled(int files)
    {
        var cache = new TempCache();
        for (var i = 0; i < files; i++)
            cache.Add(CacheKind.Image, $"{i}", TimeSpan.FromDays(i + 1));
        return cache;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(TempCache cache, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, () => Stream.Null, null, _ => null);
        var actions = new LocalActions(_ => Task.FromResult(0), (_, _, _) => 0, null,
            ScavengeCache: (a, t, cancel) => ScavengeCache.RunAsync(a, t, showProgress: false, cache.Time, cancel));
        var code = await UnderstudyCommand.RunAsync(["scavenge-cache", .. arguments], terminal, cache.Time, actions);
        return (code, output.ToString(), error.ToString());
    }
}
