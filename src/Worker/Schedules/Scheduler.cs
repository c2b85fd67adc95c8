using System.Collections.Concurrent;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Schedules;

/// <summary>
/// Begins what is due. Every worker looks once a second; which of them gets a run, the catalogue decides. A run belongs to its worker
/// for as long as that worker's row lives, as plans do, so two never work on one job at once, and a dead worker's is begun again.
/// </summary>
internal sealed partial class Scheduler(ScheduleTables tables, Timetable timetable, WorkerRegistry registry, TimeProvider time, ILogger<Scheduler> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ActiveRun> _running = new();
    private volatile bool _stopping;

    /// <summary>Runs under way on this worker.</summary>
    public IReadOnlyCollection<ActiveRun> Running => [.. _running.Values];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AddSchedulesAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public Task AddSchedulesAsync(CancellationToken cancel) => tables.AddAsync(timetable.Jobs.Select(j => j.Name), cancel);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var wasAway = false;
        try
        {
            do
            {
                try
                {
                    await TurnAsync(stop);
                    wasAway = false;
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    if (!wasAway)
                        LogAway(e.Message);
                    wasAway = true;
                }
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            await DrainAsync();
        }
    }

    /// <summary>One look at all schedules.</summary>
    public async Task TurnAsync(CancellationToken cancel)
    {
        // Not signed on yet.
        if (registry.Id == Guid.Empty)
            return;

        var now = await tables.NowAsync(cancel);
        foreach (var (job, node) in await tables.ReapAsync(now, cancel))
            LogReaped(job, node);
        var rows = await tables.ReadAsync(cancel);
        foreach (var run in Running)
            Watch(run, rows.GetValueOrDefault(run.Begun.Name));
        foreach (var job in timetable.Jobs.Where(j => !_running.ContainsKey(j.Name)))
        {
            if (rows.GetValueOrDefault(job.Name) is not { } row)
                continue;
            // The answer to its beginning was lost.
            if (row.Worker == registry.Id)
                await tables.EndAsync(new Begun(job.Name, row.Run!.Value, registry.Id, now, null, row.AskedManual, null), RunOutcome.CutShort, "it could not be begun", new RunNote(row.Checkpoint, null, null), cancel);
            switch (Due.Of(row, timetable.TimingOf(job, row), now))
            {
                case Due.Plan plan:
                    await tables.PlanAsync(row, plan, cancel);
                    break;
                case Due.Begin due:
                    await BeginAsync(job, row, due, now, cancel);
                    break;
            }
        }
    }

    private async Task BeginAsync(IJob job, ScheduleRow row, Due.Begin due, DateTimeOffset now, CancellationToken cancel)
    {
        if (await tables.BeginAsync(row, due, registry.Id, now, cancel) is not { } begun)
            return;
        var run = new ActiveRun(begun, tables, time) { Due = begun.Due, Checkpoint = begun.Checkpoint, IsManual = begun.IsManual, By = begun.By };
        _running[job.Name] = run;
        LogBegun(job.Name, begun.Run, begun.Due, begun.Checkpoint is null ? "the start" : "its checkpoint");
        run.Ended = Task.Run(() => RunAsync(job, run), CancellationToken.None);
    }

    private static void Watch(ActiveRun run, ScheduleRow? row)
    {
        if (row?.Run != run.Begun.Run || row.Worker != run.Begun.Worker)
        {
            // It may just have ended, and then hears nothing of this.
            run.Lose();
        }
        else if (row.StopAsked)
            run.Stop();
    }

    private async Task RunAsync(IJob job, ActiveRun run)
    {
        var started = time.GetTimestamp();
        var (outcome, note) = await WorkAsync(job, run);
        var took = time.GetElapsedTime(started);
        if (await EndAsync(run, outcome, note))
            LogEnded(outcome is RunOutcome.Failed ? LogLevel.Error : LogLevel.Information, job.Name, run.Begun.Run, outcome, took, note);
        else
            LogLost(job.Name, run.Begun.Run);
        _running.TryRemove(new(job.Name, run));
    }

    private async Task<(RunOutcome Outcome, string? Note)> WorkAsync(IJob job, ActiveRun run)
    {
        try
        {
            return await job.RunAsync(run, run.Cancelled) switch
            {
                JobOutcome.Done done => (RunOutcome.Done, done.Note),
                JobOutcome.Unfinished unfinished => (RunOutcome.Unfinished, unfinished.Note),
                JobOutcome.Failed failed => (RunOutcome.Failed, failed.Reason),
                var unknown => throw new InvalidOperationException($"{unknown} is no outcome"),
            };
        }
        catch (Exception) when (run.Cancelled.IsCancellationRequested)
        {
            return run.IsStopped ? (RunOutcome.Stopped, "stopped by request") : (RunOutcome.CutShort, "its worker was stopped");
        }
        catch (Exception e)
        {
            LogFailed(job.Name, e);
            return (RunOutcome.Failed, e.Message);
        }
    }

    /// <returns>false: it isn't this worker's any more, or the catalogue is away and the worker stops; then others find it orphaned.</returns>
    private async Task<bool> EndAsync(ActiveRun run, RunOutcome outcome, string? note)
    {
        while (!run.IsLost)
        {
            try
            {
                return await tables.EndAsync(run.Begun, outcome, note, run.Note, CancellationToken.None);
            }
            catch (Exception e)
            {
                LogAway(e.Message);
                if (_stopping)
                    return false;
                await Task.Delay(Interval, time);
            }
        }

        return false;
    }

    private async Task DrainAsync()
    {
        _stopping = true;
        var left = Running;
        foreach (var run in left)
            run.CutShort();
        // What doesn't listen loses its lease with the worker.
        await Task.WhenAny(Task.WhenAll(left.Select(r => r.Ended)), Task.Delay(DrainTime, time));
    }

    [LoggerMessage(330, LogLevel.Information, "{Job}: run {Run}, due {Due}, begins at {From}")]
    private partial void LogBegun(string job, long run, DateTimeOffset due, string from);

    [LoggerMessage(EventId = 331, Message = "{Job}: run {Run} ended: {Outcome} after {Duration}. {Note}")]
    private partial void LogEnded(LogLevel level, string job, long run, RunOutcome outcome, TimeSpan duration, string? note);

    [LoggerMessage(332, LogLevel.Error, "{Job} failed")]
    private partial void LogFailed(string job, Exception failure);

    [LoggerMessage(333, LogLevel.Warning, "{Job}: run {Run} isn't this worker's any more; it is cut short here, and goes on elsewhere")]
    private partial void LogLost(string job, long run);

    [LoggerMessage(334, LogLevel.Warning, "{Job}: its worker on {Node} is gone; what it had begun is begun again from its checkpoint")]
    private partial void LogReaped(string job, string node);

    [LoggerMessage(335, LogLevel.Warning, "Schedules can't be looked at, trying again: {Reason}")]
    private partial void LogAway(string reason);
}
