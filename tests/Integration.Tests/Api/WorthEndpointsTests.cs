using System.Net;
using System.Text.Json;
using Understudy.Contracts;
using Understudy.Hosting.CommandLine;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging.Replay;

namespace Understudy.Integration.Tests.Api;

/// <summary>Recorded uses and the numbers, from a whole worker.</summary>
public sealed class WorthEndpointsTests(PostgresServer postgres)
{
    private static readonly AssetId Ahead = AssetId.Parse("2/5/ahead"), Late = AssetId.Parse("2/5/late"), Never = AssetId.Parse("7/5/never");

    [Fact]
    public async Task Numbers_and_uses_of_a_working_worker_are_told_by_api_and_verbs()
    {
        await using var world = await StartAsync();

        var view = await world.Worker.Api.WorthAsync(days: 1);
        Assert.Equal((6, 4), (view.All.Uses, view.All.Hits));
        Assert.Equal((new CopySum(2, 40_000), 1, new CopySum(1, 30_000)), (view.All.Made, view.All.Early, view.All.Late));
        Assert.Equal([2, 7], view.Customers.Select(c => c.Customer));
        Assert.NotNull(view.NeverUsed);
        var quick = await world.Worker.Api.WorthAsync(days: 1, neverUsed: false);
        Assert.Equal((view.All.Uses, null), (quick.All.Uses, quick.NeverUsed));
        Assert.All(quick.Customers, c => Assert.Null(c.NeverUsed));

        var (code, output, error) = await CommandLine.RunAsync(world.Worker, "worth");
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Contains(": 6 uses, 66.7 % of copies that were there", output, StringComparison.Ordinal);
        Assert.Matches(@"\n2 +5 +80\.0 % +2 +0 +1 +1 ", output);
        Assert.Matches($@"\n{DateTime.UtcNow:yyyy}-\d\d-\d\d +6 +66\.7 % ", (await CommandLine.RunAsync(world.Worker, "worth", "--by-day")).Output);

        using var temp = new TempFolder();
        var file = Path.Combine(temp.Path, "uses.csv");
        Assert.Equal(ExitCode.Done, (await CommandLine.RunAsync(world.Worker, "uses", file)).Code);
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal("time,id,size", lines[0]);
        Assert.Equal(["2/5/ahead,10000", "2/5/ahead,10000", "2/5/ahead,10000", "2/5/late,30000", "2/5/late,30000", "7/5/never,"], lines.Skip(1).Select(l => l[(l.IndexOf(',', StringComparison.Ordinal) + 1)..]).Order(StringComparer.Ordinal));
        Assert.Equal(lines[1..].Order(StringComparer.Ordinal).Select(l => l[..24]), lines[1..].Select(l => l[..24]));
    }

    [Fact]
    public async Task Replay_takes_uses_budget_low_mark_and_grace_period_from_the_worker()
    {
        await using var world = await StartAsync("Storage:MaxBytes=20000000", "Storage:LowWaterPercent=70", "Storage:HighWaterPercent=95", "Storage:GracePeriod=00:07:00");

        var (code, output, error) = await ReplayAsync(world.Worker, "--worker", "--json", "--policies", "worth", "--sizes", "+10MB,-5MB");

        Assert.Equal((ExitCode.Done, ""), (code, error));
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal((5, 1, 70), (report.GetProperty("uses").GetInt32(), report.GetProperty("usesLeftOut").GetInt32(), (int)Math.Round(report.GetProperty("lowPercent").GetDouble())));
        Assert.Equal(420, report.GetProperty("graceSeconds").GetDouble());
        Assert.Equal([15_000_000, 20_000_000, 30_000_000], report.GetProperty("stores").EnumerateArray().Select(s => s.GetProperty("bytes").GetInt32()));
        Assert.Contains("STORE", (await ReplayAsync(world.Worker, "--worker")).Output, StringComparison.Ordinal);

        var (refused, _, why) = await ReplayAsync(world.Worker, "--worker", "--since", "2999-01-01");
        Assert.Equal(ExitCode.Failed, refused);
        Assert.Contains("has recorded no use", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_questions_are_refused_with_what_is_allowed()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        Assert.Contains("must be from 1 to 3650", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/v1/worth?days=0"), StringComparison.Ordinal);
        Assert.Contains("must be a time such as", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/v1/uses?since=yesterday"), StringComparison.Ordinal);
        using var none = await world.SendAsync(HttpMethod.Get, "/api/v1/uses?since=2999-01-01");
        Assert.Equal(("text/csv", "time,id,size\n"), (none.Content.Headers.ContentType!.MediaType, await none.Content.ReadAsStringAsync()));
    }

    /// <summary>One copy made ahead and used three times, one that was asked for before it was there, and an asset without a source.</summary>
    private async Task<CopyWorld> StartAsync(params string[] settings)
    {
        var world = await CopyWorld.StartAsync(postgres, settings);
        world.Put($"{Ahead}", 10_000);
        world.Put($"{Late}", 30_000);
        await world.Worker.CopyAsync(Ahead, CopyWorld.Uri($"{Ahead}"));
        await UseAsync(Ahead, Ahead, Late, Never);
        await world.Worker.SettledAsync(Late);
        await world.Worker.CopyAsync(Late, CopyWorld.Uri($"{Late}"));
        await UseAsync(Ahead);
        await UseAsync(Late);
        return world;

        Task UseAsync(params AssetId[] ids) => world.Worker.Api.SendAsync(ids.Select(i => new InfoJsonRequested { Id = i }));
    }

    private static async Task<(int Code, string Output, string Error)> ReplayAsync(CopyWorker worker, params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(output, error, () => Stream.Null, Width: null, Variable: name => name == "UNDERSTUDY_URL" ? worker.Address.ToString() : null);
        var code = await UnderstudyCommand.RunAsync(["replay", .. words], terminal, TimeProvider.System, new LocalActions(
            _ => Task.FromResult(0), (_, _, _) => 0, null, Replay: (arguments, t, cancel) => ReplayRun.Run(arguments, t, showProgress: false, TimeProvider.System, cancel)));
        return (code, output.ToString(), error.ToString());
    }
}
