using Understudy.Contracts;

namespace Understudy.Plans;

internal sealed partial class PlanRunner
{
    [LoggerMessage(110, LogLevel.Debug, "{Asset}: {Stage}: {Outcome}")]
    private partial void LogDone(AssetId asset, string stage, string outcome);

    [LoggerMessage(111, LogLevel.Warning, "{Asset}: {Stage} failed (attempt {Attempt}), next try in {Delay}: {Reason}")]
    private partial void LogFailed(AssetId asset, string stage, int attempt, TimeSpan delay, string? reason);

    // One line for each plan at each look would drown the log of a full store; readiness and a metric say that it is full.
    [LoggerMessage(125, LogLevel.Debug, "{Asset} waits for room, next look in {Delay}: {Reason}")]
    private partial void LogWaits(AssetId asset, TimeSpan delay, string? reason);

    // Some hundred looks an ingest; the plan says what it waits for.
    [LoggerMessage(126, LogLevel.Debug, "{Asset}: {Stage}: not yet, next look in {Delay}: {Reason}")]
    private partial void LogNotYet(AssetId asset, string stage, TimeSpan delay, string? reason);

    [LoggerMessage(112, LogLevel.Error, "{Asset}: {Stage} given up after attempt {Attempt}: {Reason}")]
    private partial void LogGivenUp(AssetId asset, string stage, int attempt, string? reason);

    [LoggerMessage(113, LogLevel.Information, "{Asset}: attempt {Attempt} was superseded by a newer one")]
    private partial void LogSuperseded(AssetId asset, Guid attempt);

    [LoggerMessage(114, LogLevel.Error, "{Asset}: unexpected failure in {Stage}")]
    private partial void LogUnexpected(Exception e, AssetId asset, string stage);

    [LoggerMessage(115, LogLevel.Error, "{Asset}: its outcome could not be written; the plan is given to whoever is next")]
    private partial void LogNotSettled(Exception e, AssetId asset);

    [LoggerMessage(116, LogLevel.Warning, "The catalogue can't be reached, trying again: {Reason}")]
    private partial void LogCatalogueAway(string reason);

    [LoggerMessage(104, LogLevel.Warning, "{Plans} plans stood as leased to this worker, and it wasn't at them: they are free again")]
    private partial void LogForgotten(int plans);

    [LoggerMessage(119, LogLevel.Error, "Plans can't be taken, trying again")]
    private partial void LogBroken(Exception e);

    [LoggerMessage(117, LogLevel.Information, "Stopping: waiting for {Attempts} attempts at work")]
    private partial void LogDraining(int attempts);
}
