using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Crash;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>Two real processes; the one that is at a job is killed.</summary>
public sealed class KilledJobTests(PostgresServer postgres)
{
    [Fact]
    public async Task Job_of_a_killed_process_is_begun_again_by_the_other_one()
    {
        await using var reaper = await Reaper.StartAsync();
        var catalogue = await postgres.NewCatalogueAsync();
        string[] settings =
        [
            $"--ConnectionStrings:Catalogue={catalogue}", $"--Storage:Root={reaper.Folder}/store", "--Storage:MinFreeBytes=0", "--Plans:LeaseTime=00:00:02", "--Logging:Format=Text",
        ];
        await using var one = new WorkerProcess("one", reaper.Make("one"), settings);
        await using var other = new WorkerProcess("other", reaper.Make("other"), settings);
        one.Start();
        Assert.True(await one.ReadyAsync(TimeSpan.FromSeconds(90)), one.LogTail(20));
        other.Start();
        Assert.True(await other.ReadyAsync(TimeSpan.FromSeconds(90)), other.LogTail(20));
        // The job waits for this in the middle.
        await using var connection = new NpgsqlConnection(catalogue);
        await connection.OpenAsync();
        await using var held = await connection.BeginTransactionAsync();
        await using (var locking = new NpgsqlCommand("insert into history (asset_id, what) values ('1/1/a', 'x'); lock table history in access exclusive mode", connection, held))
            await locking.ExecuteNonQueryAsync();

        Assert.NotNull(await one.AskAsync((_, api) => api.RunScheduleAsync("retention")));
        var first = await RunningAsync(other, null);
        var (victim, heir) = await NodeOfAsync(one) == first.Node ? (one, other) : (other, one);
        await victim.KillAsync();
        var second = await RunningAsync(heir, first.Id);
        await held.RollbackAsync();
        await Eventually.TrueAsync(async () => (await heir.AskAsync((_, api) => api.SchedulesAsync()))?.Single(s => s.Name == "retention") is { Running: null, Wanted: false }, "over");

        Assert.Equal(await NodeOfAsync(heir), second.Node);
        var runs = (await heir.AskAsync((_, api) => api.ScheduleRunsAsync("retention")))!.Items;
        Assert.Equal(
            [(second.Id, RunOutcome.Done, true, first.DueAt), (first.Id, RunOutcome.CutShort, true, first.DueAt)],
            runs.Select(r => (r.Id, r.Outcome!.Value, r.Manual, r.DueAt)));
    }

    private static async Task<ScheduleRunView> RunningAsync(WorkerProcess worker, long? after)
    {
        ScheduleRunView? run = null;
        await Eventually.TrueAsync(async () => (run = (await worker.AskAsync((_, api) => api.SchedulesAsync()))?.Single(s => s.Name == "retention").Running) is not null && run.Id != after, "running");
        return run!;
    }

    private static async Task<string?> NodeOfAsync(WorkerProcess worker) =>
        (await worker.AskAsync((_, api) => api.WorkersAsync()))?.Single(w => w.ThisOne).Node;
}
