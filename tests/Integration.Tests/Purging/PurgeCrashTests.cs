using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Crash;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Integration.Tests.Purging;

/// <summary>A worker is killed at every step of a purge, and started again.</summary>
public sealed class PurgeCrashTests(PostgresServer postgres)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private enum Step
    {
        None,
        FirstPurge,
        FirstLook,
        SecondPurge,
        SecondLook,
        Varnish,
        Webhook,
    }

    [Fact]
    public async Task Worker_that_is_killed_at_any_step_goes_on_from_there()
    {
        var killAt = Step.None;
        var (reached, gate) = (new TaskCompletionSource(), new Gate());
        bool IsHere(Step step)
        {
            if (step != killAt)
                return false;
            reached.TrySetResult();
            return true;
        }

        await using var edges = await HttpReceiver.StartAsync(request => IsHere(request.Method == "BAN" ? Step.Varnish : Step.Webhook) ? new(503) : new(200));
        await using var world = await PurgingWorld.StartAsync(
            postgres, nodes: 1, worker: false,
            settings: ["Cantaloupe:SettleTime=00:00:00.050", $"Purging:Varnish:0:Url={edges.Address}", "Purging:Webhooks:0:Name=hook", $"Purging:Webhooks:0:Url={edges.Address}/hook"]);
        var node = world.Nodes[0];
        var told = 0;
        node.Tasks.Script = _ => IsHere(++told == 1 ? Step.FirstPurge : Step.SecondPurge) ? new TaskFault { Gate = gate } : null;
        node.Script = request => (told == 1 && request.Url.EndsWith("info.json", StringComparison.Ordinal) && IsHere(Step.FirstLook))
            || (told == 2 && request.Url.EndsWith("?cache=false", StringComparison.Ordinal) && IsHere(Step.SecondLook)) ? CantaloupeFault.Held(gate) : null;

        using var data = new TempFolder();
        await using var worker = new WorkerProcess("worker", Directory.CreateDirectory(Path.Combine(data.Path, "data")).FullName, SettingsOf(world));
        worker.Start();
        Assert.True(await worker.ReadyAsync(Patience), worker.LogTail(20));
        var bytes = PurgingWorld.Small;
        await ChangeAsync(world, worker, bytes);
        await SettledAsync(worker, bytes);
        await world.AssertServedAsync(Id, 512);

        foreach (var step in Enum.GetValues<Step>().Except([Step.None]))
        {
            (reached, gate, told) = (new TaskCompletionSource(), new Gate(), 0);
            var edgesBefore = edges.Received.Count;
            killAt = step;
            bytes = bytes == PurgingWorld.Small ? PurgingWorld.Large : PurgingWorld.Small;
            await ChangeAsync(world, worker, bytes);
            await reached.Task.WaitAsync(Patience);
            await worker.KillAsync();
            killAt = Step.None;
            gate.Open();
            worker.Start();
            Assert.True(await worker.ReadyAsync(Patience), worker.LogTail(20));
            var view = await SettledAsync(worker, bytes);

            Assert.NotNull(view.Purge!.DoneAt);
            await world.AssertServedAsync(Id, bytes == PurgingWorld.Small ? 512 : 1024);
            // What was done and written down isn't done again; what the worker died over is.
            Assert.Equal((step, step is Step.FirstPurge or Step.SecondPurge ? 3 : 2), (step, told));
            string[] methods = step switch { Step.Varnish => ["BAN", "BAN", "POST"], Step.Webhook => ["BAN", "POST", "POST"], _ => ["BAN", "POST"] };
            Assert.Equal(methods, edges.Received.Skip(edgesBefore).Select(r => r.Method));
        }
    }

    /// <summary>All the writes of a refresh one after the other, from the lease of its copy to the end of its warming, with all stage boundaries among them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worker_that_is_killed_in_the_middle_of_any_write_goes_on_from_there(bool commits)
    {
        await using var edges = await HttpReceiver.StartAsync(_ => new(200));
        await using var world = await PurgingWorld.StartAsync(
            postgres, nodes: 1, worker: false, settings: ["Cantaloupe:SettleTime=00:00:00.050", $"Purging:Varnish:0:Url={edges.Address}", "Publishing:InMemory=true"]);
        using var data = new TempFolder();
        await using var worker = new WorkerProcess("worker", Directory.CreateDirectory(Path.Combine(data.Path, "data")).FullName, SettingsOf(world));
        worker.Start();
        Assert.True(await worker.ReadyAsync(Patience), worker.LogTail(20));
        await using var writes = await HeldWrites.StartAsync(world.Copies.Catalogue);
        var bytes = PurgingWorld.Small;
        await ChangeAsync(world, worker, bytes);
        await SettledAsync(worker, bytes);
        await world.AssertServedAsync(Id, 512);

        var (stages, missed) = (new HashSet<string>(), 0);
        HashSet<string> wanted = ["copy", "purge", "warm"];
        // The first is the event's.
        for (var number = 2; ; number++)
        {
            bytes = bytes == PurgingWorld.Small ? PurgingWorld.Large : PurgingWorld.Small;
            await writes.HoldAsync(number);
            await ChangeAsync(world, worker, bytes);
            int? held = null;
            AssetView? seen = null;
            await Eventually.TrueAsync(async () => (held = await writes.HeldAsync()) is not null
                || (seen = await ViewAsync(worker)) is { Plan: null, Copy: { } copy } && copy.Bytes == bytes, "held, or done");
            if (held is null)
            {
                // How many writes there are differs: what comes together is one.
                if (wanted.IsSubsetOf(stages) || ++missed == 5)
                    break;
                number--;
                continue;
            }

            stages.Add((await ViewAsync(worker))?.Plan?.Stage ?? "none");
            await worker.KillAsync();
            await writes.ReleaseAsync(commits);
            worker.Start();
            Assert.True(await worker.ReadyAsync(Patience), worker.LogTail(20));
            var view = await SettledAsync(worker, bytes);

            Assert.True(view.Purge?.DoneAt is not null, $"write {number}: {view}");
            Assert.True(view.Warmth?.WarmedAt is not null, $"write {number}: {view}");
            await world.AssertServedAsync(Id, bytes == PurgingWorld.Small ? 512 : 1024);
        }

        await writes.ReleaseAsync(commits);
        Assert.Superset(wanted, stages);
    }

    private static string[] SettingsOf(PurgingWorld world) =>
    [
        $"--ConnectionStrings:Catalogue={world.Copies.Catalogue}", $"--Storage:Root={world.Copies.Store}", "--Storage:PathTemplate={customer}/{space}/{image}.jp2",
        "--Storage:MinFreeBytes=0", "--Storage:MinFreeInodes=0", "--Sources:AllowedBuckets:0=pics", $"--Aws:ServiceUrl={world.Copies.S3.Address}",
        "--Aws:ForcePathStyle=true", "--Aws:Region=us-east-1", "--Plans:PollInterval=00:00:00.100", .. world.Settings.Select(s => "--" + s),
    ];

    private static async Task ChangeAsync(PurgingWorld world, WorkerProcess worker, int bytes)
    {
        world.Copies.Put($"{Id}", bytes);
        Assert.NotNull(await worker.AskAsync((_, api) => api.SendAsync([new SourceUpdated { Id = Id, Source = CopyWorld.Uri($"{Id}") }])));
    }

    private static async Task<AssetView> SettledAsync(WorkerProcess worker, int bytes)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(async () => (view = await ViewAsync(worker)) is { Plan: null, Copy: { } copy } && copy.Bytes == bytes, () => $"settled: {view}; {worker.LogTail(20)}");
        return view!;
    }

    private static Task<AssetView?> ViewAsync(WorkerProcess worker) => worker.AskAsync(async (_, api) => await api.FindAsync(Id) ?? throw new HttpRequestException("404"));
}
