using System.Text;
using System.Text.Json;
using Understudy.Hosting.CommandLine;
using Understudy.Warming.Planning;
using static Understudy.Worker.Tests.Warming.Planning.Infos;

namespace Understudy.Worker.Tests.Warming.Planning;

public sealed class WarmPlanTests
{
    private static readonly string Info = Json(2, ""","width":600,"height":400,"tiles":[{"width":512,"scaleFactors":[1,2]}]""");

    [Fact]
    public async Task Urls_are_printed_one_a_line() =>
        Assert.Equal((ExitCode.Done, "x/full/300,/0/default.jpg\nx/0,0,512,400/512,/0/default.jpg\nx/512,0,88,400/88,/0/default.jpg\n", ""), await RunAsync(Info, "--profile", "B"));

    [Fact]
    public async Task Base_takes_the_place_of_the_id_and_requests_are_limited() =>
        Assert.Equal((ExitCode.Done, "http://tiles/iiif/2/%2Fa/full/300,/0/default.jpg\n", ""), await RunAsync(Info, "--profile", "C", "--base", "http://tiles/iiif/2/%2Fa/", "--max-requests", "1"));

    [Fact]
    public async Task Json_says_what_is_covered_what_comes_and_what_must_be_refused()
    {
        var info = Json(2, ""","profile":["p",{"maxWidth":300}],"width":600,"height":400,"tiles":[{"width":512,"scaleFactors":[1,2]}]""");
        var (code, output, _) = await RunAsync(info, "--profile", "B", "--json");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();

        Assert.Equal((ExitCode.Done, 3), (code, lines.Count));
        Assert.Equal("""{"url":"x/full/300,/0/default.jpg","level":0,"source":{"width":600,"height":400},"output":{"width":300,"height":200}}""", lines[0].GetRawText());
        Assert.Equal("512x400 is wider than maxWidth 300", lines[1].GetProperty("refusal").GetString());
    }

    [Fact]
    public async Task Info_that_can_not_be_used_is_wrong_usage_and_says_why()
    {
        Assert.Equal((ExitCode.Usage, "", "standard input: width is 0, not a whole number from 1 to 2147483647\n"), await RunAsync(Json(2, ""","width":0,"height":400"""), "--profile", "B"));

        var (code, output, error) = await RunAsync("", "--profile", "B", "--info", "/no/such/info.json");
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains("/no/such/info.json", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_that_the_viewer_does_not_open_fails() =>
        Assert.Equal(
            (ExitCode.Failed, "", "standard input: sizes is an empty list, with which OpenSeadragon 6 does not open an image\n"),
            await RunAsync(Json(2, ""","width":600,"height":400,"tiles":[{"width":512,"scaleFactors":[1]}],"sizes":[]"""), "--profile", "C"));

    [Theory]
    [InlineData("--profile", "D")]
    [InlineData("--profile", "B", "--max-requests", "0")]
    [InlineData("--profile", "B", "--max-requests", "x")]
    [InlineData("--json")]
    public async Task Wrong_options_are_refused(params string[] options)
    {
        var (code, output, error) = await RunAsync(Info, options);

        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains("warm-plan --help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32, ExitCode.Done)] // EPIPE
    [InlineData(28, ExitCode.Failed)] // ENOSPC
    public async Task Output_that_nobody_reads_any_more_is_no_failure_but_a_full_disk_is(int errno, int expected)
    {
        var info = Json(2, ""","width":60000,"height":40000,"tiles":[{"width":512,"scaleFactors":[1,2]}]""");

        Assert.Equal(expected, (await RunAsync(info, () => new FailingStream(errno), "--profile", "B")).Code);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string info, params string[] options) => RunAsync(info, null, options);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string info, Func<Stream>? bytes, params string[] options)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, () => new MemoryStream(Encoding.UTF8.GetBytes(info)), null, _ => null, bytes);
        string[] source = options.Contains("--info") ? [] : ["--info", "-"];
        var code = await UnderstudyCommand.RunAsync(["warm-plan", .. source, .. options], terminal, TimeProvider.System, new LocalActions(_ => Task.FromResult(0), (_, _, _) => 0, null, WarmPlan.Run));
        return (code, output.ToString(), error.ToString());
    }

    private sealed class FailingStream(int errno) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("failed", errno);

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("failed", errno);
    }
}
