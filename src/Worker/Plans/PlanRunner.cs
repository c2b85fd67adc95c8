using System.Diagnostics;
using Npgsql;
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
    IEnumerable<IStage> stages,
    PlanOptions options,
    TimeProvider time,
    ILogger<PlanRunner> log) : BackgroundService
{
    // While the catalogue is away.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Longer than a lease takes, so that the other worker has finished.
    private static readonly TimeSpan AfterALostRace = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, IStage> _stages = stages.ToDictionary(s => s.Name);
    private readonly TaskCompletionSource _drained = new();
    private bool _stopping;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        await SignOnAsync(stop);
        using var beating = new CancellationTokenSource();
        var beats = registry.RunAsync(beating.Token);
        await TakePlansAsync(stop);
        await DrainAsync();
        await beating.CancelAsync();
        await beats;
        await SignOffAsync();
    }

    private async Task SignOnAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await registry.SignOnAsync(stop);
                return;
            }
            catch (NpgsqlException e)
            {
                LogCatalogueAway(e.Message);
                await Task.Delay(Pause, time, stop);
            }
        }
    }

    private async Task SignOffAsync()
    {
        try
        {
            await registry.SignOffAsync(CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            // Its plans are free when it signs on again, or when it has been silent for long enough.
            LogNotSignedOff(e.Message);
        }
    }

    private async Task TakePlansAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var lease = await leases.TakeAsync(registry.Id, LaneSlots.Free(options.Slots, running.ByLane()), stop);
                foreach (var attempt in lease.Attempts)
                    Start(attempt);
                await wake.WaitAsync(lease.MissedSome ? AfterALostRace : options.PollInterval, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                LogCatalogueAway(e.Message);
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }
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
        using var activity = Telemetry.Activities.StartActivity(attempt.Stage);
        activity?.SetTag("asset", attempt.Id.ToString()).SetTag("lane", attempt.Ticket.Lane.ToString());
        var started = time.GetTimestamp();
        var outcome = await TryAsync(attempt, cancel);
        activity?.SetTag("outcome", outcome.GetType().Name);
        PlanMetrics.Settled(attempt, outcome, time.GetElapsedTime(started));
        await SettleAsync(attempt, outcome);

        running.Remove(attempt);
        wake.SlotFreed(running.Count, options.Slots);
        if (_stopping && running.Count == 0)
            _drained.TrySetResult();
    }

    /// <summary>The outermost frame of an attempt: whatever happens in it becomes an outcome.</summary>
    private async Task<Outcome> TryAsync(Attempt attempt, CancellationToken cancel)
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
            waiters.Settled(attempt.Id);
        }
        catch (Exception e)
        {
            // The plan stays leased to this worker in the catalogue: hand it over rather than hold it for ever.
            LogNotSettled(e, attempt.Id);
            registry.HandBack(attempt);
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
        else if (reason is not null)
            LogFailed(attempt.Id, attempt.Stage, attempt.Attempts + 1, delay, reason);
        else
            LogDone(attempt.Id, attempt.Stage, outcome.GetType().Name);
    }

    [LoggerMessage(110, LogLevel.Debug, "{Asset}: {Stage}: {Outcome}")]
    private partial void LogDone(AssetId asset, string stage, string outcome);

    // One line for each plan at each look would drown the log of a full store; readiness and a metric say that it is full.
    [LoggerMessage(118, LogLevel.Debug, "{Asset} waits for room, next look in {Delay}: {Reason}")]
    private partial void LogWaits(AssetId asset, TimeSpan delay, string? reason);

    [LoggerMessage(111, LogLevel.Warning, "{Asset}: {Stage} failed (attempt {Attempt}), next try in {Delay}: {Reason}")]
    private partial void LogFailed(AssetId asset, string stage, int attempt, TimeSpan delay, string? reason);

    [LoggerMessage(112, LogLevel.Error, "{Asset}: {Stage} given up after attempt {Attempt}: {Reason}")]
    private partial void LogGivenUp(AssetId asset, string stage, int attempt, string? reason);

    [LoggerMessage(113, LogLevel.Information, "{Asset}: attempt {Attempt} was superseded by a newer one")]
    private partial void LogSuperseded(AssetId asset, Guid attempt);

    [LoggerMessage(114, LogLevel.Error, "{Asset}: unexpected failure in {Stage}")]
    private partial void LogUnexpected(Exception e, AssetId asset, string stage);

    [LoggerMessage(115, LogLevel.Error, "{Asset}: its outcome could not be written; the plan is handed back")]
    private partial void LogNotSettled(Exception e, AssetId asset);

    [LoggerMessage(116, LogLevel.Warning, "The catalogue can't be reached, trying again: {Reason}")]
    private partial void LogCatalogueAway(string reason);

    [LoggerMessage(117, LogLevel.Information, "Stopping: waiting for {Attempts} attempts at work")]
    private partial void LogDraining(int attempts);

    [LoggerMessage(118, LogLevel.Warning, "The catalogue can't be reached to sign off: {Reason}")]
    private partial void LogNotSignedOff(string reason);
}
