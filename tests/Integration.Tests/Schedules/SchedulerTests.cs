using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>Runs on a real catalogue: their leases, their ends, and what is kept of them.</summary>
public sealed class SchedulerTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private TestCatalogue _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await TestCatalogue.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _catalogue.DisposeAsync();

    [Fact]
    public async Task Checkpoint_is_kept_until_a_run_is_done()
    {
        var seen = new List<string?>();
        var outcomes = new Queue<Func<JobOutcome>>(
        [
            () => new JobOutcome.Unfinished("time is up"), () => throw new InvalidOperationException("broken"), () => new JobOutcome.Failed("no room"),
            () => new JobOutcome.Done("all"), () => new JobOutcome.Done(),
        ]);
        var node = await NodeAsync("a", async (run, _) =>
        {
            seen.Add(run.Checkpoint);
            await run.NoteAsync($"at {seen.Count}", "some", 0.25);
            await run.NoteAsync($"at {seen.Count}.5", "half", 0.5);
            return outcomes.Dequeue()();
        });
        await node.TurnAsync();
        for (var hour = 0; hour < 5; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await node.TurnToEndAsync();
        }

        // The second note of a run came too soon to be written by itself, and is there all the same.
        Assert.Equal([null, "at 1.5", "at 2.5", "at 3.5", null], seen);
        var runs = await node.Desk.RunsAsync(node.Desk.Find("job")!, long.MaxValue, 10, CancellationToken.None);
        Assert.Equal(
            [(RunOutcome.Done, null), (RunOutcome.Done, "all"), (RunOutcome.Failed, "no room"), (RunOutcome.Failed, "broken"), (RunOutcome.Unfinished, "time is up")],
            runs.Select(r => (r.Outcome!.Value, r.Note)));
        Assert.All(runs, r => Assert.Equal(("half", 0.5, "a", false), (r.Progress, r.Fraction, r.Node, r.Manual)));
        Assert.Contains(node.Log.Lines, l => l == "job failed");
    }

    [Fact]
    public async Task Worker_that_was_taken_for_dead_hears_that_its_run_is_another_ones()
    {
        var refused = new TaskCompletionSource<Exception?>();
        var (gate, begun) = (new TaskCompletionSource(), new TaskCompletionSource());
        var paused = await NodeAsync("paused", async (run, cancel) =>
        {
            begun.SetResult();
            await gate.Task;
            refused.SetResult(await Record.ExceptionAsync(() => run.NoteAsync("mine", "mine", null)));
            Assert.True(cancel.IsCancellationRequested);
            return new JobOutcome.Done("too late");
        });
        await BeginAsync(paused);
        await begun.Task;
        await paused.KillAsync();
        var other = await NodeAsync("other", (run, _) => Task.FromResult<JobOutcome>(new JobOutcome.Done($"due {run.Due:HH:mm}")));
        await other.TurnToEndAsync();
        gate.SetResult();
        await Task.WhenAll(paused.Scheduler.Running.Select(r => r.Ended));

        Assert.IsAssignableFrom<OperationCanceledException>(await refused.Task);
        Assert.Equal(["paused cutShort its worker is gone", "other done due 13:00"], await RunsAsync());
        Assert.Contains(paused.Log.Lines, l => l.Contains("isn't this worker's any more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turn_of_a_worker_whose_run_is_another_ones_cancels_it()
    {
        var paused = await NodeAsync("paused", Endless);
        await BeginAsync(paused);
        await paused.KillAsync();
        await paused.Registry.SignOnAsync(CancellationToken.None);
        await paused.TurnToEndAsync();
        Assert.Equal(["paused cutShort its worker is gone"], await RunsAsync());

        // Its own under its new name, and from there.
        await paused.TurnAsync();
        Assert.Single(paused.Scheduler.Running);
    }

    [Fact]
    public async Task Stopped_worker_hands_its_run_on_with_all_that_it_noted()
    {
        var noted = new TaskCompletionSource();
        var stopping = await NodeAsync("stopping", async (run, cancel) =>
        {
            await run.NoteAsync("1", "one", null);
            await run.NoteAsync("2", "two", null);
            noted.SetResult();
            return await Endless(run, cancel);
        });
        await stopping.TurnAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await stopping.Scheduler.StartAsync(CancellationToken.None);
        await noted.Task;
        await stopping.Scheduler.StopAsync(CancellationToken.None);
        var other = await NodeAsync("other", (run, _) => Task.FromResult<JobOutcome>(new JobOutcome.Done($"from {run.Checkpoint} due {run.Due:HH:mm}")));
        await other.TurnToEndAsync();

        Assert.Equal(["stopping cutShort its worker was stopped", "other done from 2 due 13:00"], await RunsAsync());
    }

    [Fact]
    public async Task Run_that_somebody_stops_ends_and_is_not_begun_again()
    {
        var node = await NodeAsync("a", Endless);
        await BeginAsync(node);
        Assert.True(await node.Desk.StopAsync(node.Desk.Find("job")!, CancellationToken.None));
        await node.TurnToEndAsync();
        await node.TurnToEndAsync();

        Assert.Equal(["a stopped stopped by request"], await RunsAsync());
        Assert.False(await node.Desk.StopAsync(node.Desk.Find("job")!, CancellationToken.None));
    }

    [Fact]
    public async Task Run_that_takes_worker_after_worker_with_it_waits_for_its_next_time()
    {
        for (var worker = 1; worker <= 4; worker++)
        {
            var node = await NodeAsync($"{worker}", Endless);
            if (worker == 1)
                await BeginAsync(node);
            else
                await node.TurnAsync();
            await node.KillAsync();
        }

        Assert.Equal(3, (await RunsAsync()).Count);
        _time.Advance(TimeSpan.FromHours(1));
        var next = await NodeAsync("next", (_, _) => Task.FromResult<JobOutcome>(new JobOutcome.Done()));
        await next.TurnToEndAsync();
        Assert.Equal("next done ", (await RunsAsync())[^1]);
    }

    [Fact]
    public async Task Run_whose_beginning_was_not_heard_of_is_begun_again()
    {
        var node = await NodeAsync("a", (_, _) => Task.FromResult<JobOutcome>(new JobOutcome.Done()));
        await node.TurnAsync();
        _time.Advance(TimeSpan.FromHours(1));
        var row = (await node.Tables.ReadAsync(CancellationToken.None))["job"];
        Assert.NotNull(await node.Tables.BeginAsync(row, new Due.Begin(_time.GetUtcNow(), _time.GetUtcNow().AddHours(1)), node.Registry.Id, _time.GetUtcNow(), CancellationToken.None));
        await node.TurnToEndAsync();
        await node.TurnToEndAsync();

        Assert.Equal(["a cutShort it could not be begun", "a done "], await RunsAsync());
    }

    [Fact]
    public async Task Worker_that_does_not_count_as_alive_gets_no_run()
    {
        var node = await NodeAsync("a", Endless);
        await node.TurnAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await node.KillAsync();
        await node.TurnAsync();

        Assert.Empty(await RunsAsync());
    }

    private static async Task<JobOutcome> Endless(JobRun run, CancellationToken cancel)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return new JobOutcome.Done();
    }

    private Task<ScheduleNode> NodeAsync(string name, Func<JobRun, CancellationToken, Task<JobOutcome>> script) =>
        ScheduleNode.SignOnAsync(_catalogue, name, _time, "UTC", new ScriptedJob("job", "0 * * * *", script));

    private async Task BeginAsync(ScheduleNode node)
    {
        await node.TurnAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await node.TurnAsync();
        Assert.Single(node.Scheduler.Running);
    }

    private Task<IReadOnlyList<string>> RunsAsync() =>
        _catalogue.ListAsync<string>("select node || ' ' || coalesce(outcome, 'running') || ' ' || coalesce(note, '') from schedule_run order by id");
}
