using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Dlcs;

/// <summary>
/// Waits until an ingest that was announced is over. DLCS tells of an update before its Engine runs; whoever looked at once would
/// find the old bytes, and take them for the new.
/// </summary>
internal sealed partial class AwaitStage(IIngestWatch watch, DlcsOptions options, TimeProvider time, ILogger<AwaitStage> log) : IStage
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public string Name => Stages.Await;

    public async Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        var announcement = attempt.Announcement ?? throw new InvalidOperationException($"{attempt.Id} waits for no announced ingest");
        var outcome = await watch.LookAsync(attempt, announcement, cancel);
        if (outcome is not Outcome.NotYet notYet)
            return outcome;

        var waited = time.GetUtcNow() - announcement.At;
        if (waited < options.IngestDeadline)
            return notYet with { Pause = PauseAfter(waited, options.IngestDeadline, Random.Shared.NextDouble()) };

        LogOverdue(attempt.Id, announcement.At, options.IngestDeadline, notYet.Reason);
        return new Outcome.GoOn(Stages.Copy, "ingest overdue", $"announced at {announcement.At:u}; {notYet.Reason}");
    }

    /// <summary>
    /// About a tenth of the time waited: what ends after a minute is seen within seconds, and what takes hours isn't asked for all the
    /// time. Give or take a quarter, so that what was announced together isn't looked at together; the last look is at the deadline.
    /// </summary>
    /// <param name="random">From 0 to 1.</param>
    internal static TimeSpan PauseAfter(TimeSpan waited, TimeSpan deadline, double random)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 10, ShortestPause.Ticks, LongestPause.Ticks)) * (0.75 + random / 2);
        return pause < deadline - waited ? pause : deadline - waited;
    }

    [LoggerMessage(150, LogLevel.Warning, "{Asset}: its ingest, announced at {Announced:u}, can't be seen to be over after {Deadline}; copying what the source is now: {Reason}")]
    private partial void LogOverdue(AssetId asset, DateTimeOffset announced, TimeSpan deadline, string reason);
}
