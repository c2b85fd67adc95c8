using System.Diagnostics;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Hosting;

namespace Understudy.Plans;

/// <summary>
/// The worker's loop: takes due plans, runs each one's stage, settles what came of it. One asset has one plan and a plan one
/// lease, so nothing that is done to an asset can race anything else that is done to it, on any number of nodes.
/// </summary>
internal sealed partial class PlanRunner(
    Leases leases,
    Settlements settlements,
    WorkerRegistry registry,
    RunningAttempts running,
    Waiters waiters,
    Wake wake,
    RightOfWay way,
    IEnumerable<IStage> stages,
    IEnumerable<PoolSlots> pools,
    PlanOptions options,
    TimeProvider time,
    ILogger<PlanRunner> log) : BackgroundService
{
    // Longer than a lease takes, so that the other worker has finished.
    private static readonly TimeSpan AfterALostRace = TimeSpan.FromMilliseconds(20);

    // While the catalogue is away.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan AfterTheCatalogueWasAway = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IStage> _stages = stages.ToDictionary(s => s.Name);
    private readonly TaskCompletionSource _drained = new();
    private bool _stopping;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        while (!await TryAsync(() => registry.SignOnAsync(stop), stop))
        {
            if (stop.IsCancellationRequested)
                return;
        }

        using var beating = new CancellationTokenSource();
        var beats = registry.RunAsync(beating.Token);
        await TakePlansAsync(stop);
        await DrainAsync();
        await beating.CancelAsync();
        await beats;
        await TryAsync(() => registry.SignOffAsync(CancellationToken.None), stop);
    }

    private async Task TakePlansAsync(CancellationToken stop)
    {
        var (isSure, lastSure) = (false, 0L);
        while (!stop.IsCancellationRequested)
        {
            isSure = await TryAsync(
                async () =>
                {
                    if (!isSure || time.GetElapsedTime(lastSure) > options.LeaseTime / 6)
                    {
                        await CompareAsync(stop);
                        lastSure = time.GetTimestamp();
                    }

                    var missedSome = false;
                    foreach (var pool in pools)
                        missedSome |= await TakeAsync(pool, stop);
                    await wake.WaitAsync(missedSome ? AfterALostRace : options.PollInterval, stop);
                },
                stop);
        }
    }

    /// <returns>Whether there may be more to take.</returns>
    private async Task<bool> TakeAsync(PoolSlots pool, CancellationToken stop)
    {
        var free = LaneSlots.Free(pool.Slots(), running.ByLane(pool.Pool));
        if (free[0] == 0)
            return false;

        var lease = await leases.TakeAsync(registry.Id, pool.Pool, free, stop);
        foreach (var attempt in lease.Attempts)
            Start(attempt);
        return lease.MissedSome;
    }

    /// <summary>
    /// A lease whose answer was lost stands in the catalogue, and nobody is at it; the same goes for an outcome that could not be
    /// written. And a wish whose notification was lost stands there too.
    /// </summary>
    private async Task CompareAsync(CancellationToken stop)
    {
        if (await leases.ReleaseForgottenAsync(registry.Id, running.Tokens, stop) is > 0 and var plans)
            LogForgotten(plans);
        foreach (var (id, lane, stage) in await leases.WantedAsync(registry.Id, stop))
            running.Wanted(id, lane, stage);
    }

    /// <summary>The outermost frame of the loop: whatever happens, it goes on after a while.</summary>
    /// <returns>Whether it worked.</returns>
    private async Task<bool> TryAsync(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (NpgsqlException e)
        {
            LogCatalogueAway(e.Message);
            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e)
        {
            LogBroken(e);
            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    /// <summary>Lets what is at work finish for a while, then stops it; its plans are put back.</summary>
    private async Task DrainAsync()
    {
        _stopping = true;
        if (running.Count == 0)
            return;

        LogDraining(running.Count);
        await Task.WhenAny(_drained.Task, Task.Delay(options.DrainTime, time));
        running.AbandonAll();
        await _drained.Task;
    }

    private void Start(Attempt attempt)
    {
        // Not disposed: it has no timer and no parent, and may be cancelled by others at any time.
        var cancel = new CancellationTokenSource();
        running.Add(attempt, cancel);
        _ = Task.Run(() => RunAsync(attempt, cancel.Token));
    }

    private async Task RunAsync(Attempt attempt, CancellationToken cancel)
    {
        try
        {
            using var activity = Telemetry.Activities.StartActivity(attempt.Stage);
            using var passage = GoesFirst(attempt) ? way.Take() : null;
            activity?.SetTag("asset", attempt.Id.ToString()).SetTag("lane", attempt.Ticket.Lane.ToString());
            var started = time.GetTimestamp();
            var outcome = await RunStageAsync(attempt, cancel);
            activity?.SetTag("outcome", outcome.GetType().Name);
            PlanMetrics.Settled(attempt, outcome, time.GetElapsedTime(started));
            await SettleAsync(attempt, outcome);
        }
        finally
        {
            running.Remove(attempt);
            wake.SlotFreed(options.Slots);
            if (_stopping && running.Count == 0)
                _drained.TrySetResult();
        }
    }

    /// <summary>Warming gives way itself, to viewers.</summary>
    private static bool GoesFirst(Attempt attempt) => attempt.Ticket.Lane != Lane.Bulk && attempt.Pool != Pool.ImageServers;

    /// <summary>The outermost frame of an attempt: whatever happens in it becomes an outcome.</summary>
    private async Task<Outcome> RunStageAsync(Attempt attempt, CancellationToken cancel)
    {
        try
        {
            return _stages.TryGetValue(attempt.Stage, out var stage)
                ? await stage.RunAsync(attempt, cancel)
                : new Outcome.Failed($"this worker doesn't know the stage '{attempt.Stage}'; a newer one has to do it");
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new Outcome.Stopped();
        }
        // What works in the store has tried for a while itself, and may have left something there; the others can simply be done again.
        catch (NpgsqlException e) when (attempt.Pool != Pool.Store && e.MayPass())
        {
            return new Outcome.NotYet($"the catalogue could not be reached: {e.Message}") { Pause = AfterTheCatalogueWasAway };
        }
        catch (Exception e)
        {
            LogUnexpected(e, attempt.Id, attempt.Stage);
            return new Outcome.Failed($"unexpected: {e.GetType().Name}: {e.Message}");
        }
    }

    private async Task SettleAsync(Attempt attempt, Outcome outcome)
    {
        var settlement = Judge(attempt, outcome);
        try
        {
            if (outcome is Outcome.Superseded || !await settlements.WriteAsync(settlement))
            {
                LogSuperseded(attempt.Id, attempt.Token);
                return;
            }

            Report(settlement);
            if (outcome is Outcome.NoRoom { Bytes: { } bytes })
                waiters.Refused(attempt.Id, bytes);
            waiters.Settled(attempt.Id);
            // Nothing notifies of what falls due; what nobody is in a hurry for is found by the next poll.
            if (outcome is Outcome.NotYet && attempt.Ticket.Lane != Lane.Bulk)
            {
                wake.DueIn(settlement.Delay);
                if (GoesFirst(attempt))
                    _ = way.ExpectAsync(settlement.Delay);
            }
        }
        catch (Exception e) when (outcome is Outcome.Failed || e is NpgsqlException failure && failure.MayPass())
        {
            // The plan stands as leased to this worker still: it is released as a forgotten one.
            LogNotSettled(e, attempt.Id);
        }
        catch (Exception e)
        {
            // Not the catalogue is at fault, but what it was to hold.
            LogUnexpected(e, attempt.Id, attempt.Stage);
            await SettleAsync(attempt, new Outcome.Failed($"its outcome could not be written: {e.Message}"));
        }
    }

    private Settlement Judge(Attempt attempt, Outcome outcome)
    {
        var failures = attempt.Attempts + 1;
        return outcome switch
        {
            Outcome.Hopeless => new(attempt, outcome, TimeSpan.Zero, Dead: true),
            Outcome.Failed or Outcome.SourceChanged when failures >= options.MaxAttempts => new(attempt, outcome, TimeSpan.Zero, Dead: true),
            Outcome.Failed or Outcome.SourceChanged => new(attempt, outcome, Backoff.After(failures, options.RetryDelay, options.MaxRetryDelay, Random.Shared.NextDouble()), Dead: false),
            Outcome.NoRoom => new(attempt, outcome, Backoff.After(1, options.RoomDelay, options.RoomDelay, Random.Shared.NextDouble()), Dead: false),
            Outcome.NotYet notYet => new(attempt, outcome, notYet.Pause, Dead: false),
            _ => new(attempt, outcome, TimeSpan.Zero, Dead: false),
        };
    }

    private void Report(Settlement settlement)
    {
        var (attempt, outcome, delay, dead) = settlement;
        var reason = Faults.Reason(outcome);
        if (dead)
            LogGivenUp(attempt.Id, attempt.Stage, attempt.Attempts + 1, reason);
        else if (outcome is Outcome.NoRoom)
            LogWaits(attempt.Id, delay, reason);
        else if (outcome is Outcome.NotYet)
            LogNotYet(attempt.Id, attempt.Stage, delay, reason);
        else if (reason is not null)
            LogFailed(attempt.Id, attempt.Stage, attempt.Attempts + 1, delay, reason);
        else
            LogDone(attempt.Id, attempt.Stage, outcome.GetType().Name);
    }
}
