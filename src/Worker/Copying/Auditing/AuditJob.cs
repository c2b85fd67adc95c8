using System.Collections.Concurrent;
using System.Globalization;
using Understudy.Contracts;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Plans;
using Understudy.Schedules;

namespace Understudy.Copying.Auditing;

/// <summary>
/// Asks all sources whether they are still what the copies were made of, for events get lost. Asked as the copier asks, on the condition that they changed, so
/// that nothing is sent of those that didn't; behind all other fetches.
/// </summary>
internal sealed partial class AuditJob(Findings findings, SourceFinder sources, SourceReader reader, FetchGate gate, ILogger<AuditJob> log) : IJob
{
    private const int AtOnce = 200;
    private const int SideBySide = 8;

    public const string JobName = "audit";

    public string Name => JobName;

    public string DefaultCron => "0 6 * * sun";

    public string Description => "Looks whether sources changed without an event, and has those copied again";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        var seen = new ConcurrentDictionary<Sight, int>();
        var after = run.Checkpoint ?? "";
        var all = 0;
        while (await findings.NextAsync(after, AtOnce, cancel) is { Count: > 0 } copies)
        {
            await Parallel.ForEachAsync(copies, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel }, async (copy, token) =>
            {
                var sight = await LookAsync(copy, token);
                AuditMetrics.Saw(sight);
                seen.AddOrUpdate(sight, 1, (_, n) => n + 1);
            });
            all += copies.Count;
            await run.NoteAsync(after = $"{copies[^1].Id}", Tally(), null);
        }

        if (Of(Sight.Gone) is > 0 and var gone)
            LogGone(gone);
        if (all == 0 || Of(Sight.Unknown) < all)
            return new JobOutcome.Done(Tally());
        await run.NoteAsync(null, Tally(), null);
        return new JobOutcome.Failed($"{Tally()}; see the log for the reasons");

        int Of(Sight sight) => seen.GetValueOrDefault(sight);

        string Tally() => string.Create(
            CultureInfo.InvariantCulture,
            $"{all} sources: {Of(Sight.Unchanged)} unchanged, {Of(Sight.Changed)} changed, {Of(Sight.Gone)} gone, {Of(Sight.Unknown)} couldn't be asked, {Of(Sight.Overtaken)} left alone");
    }

    private async Task<Sight> LookAsync(Audited copy, CancellationToken cancel)
    {
        if (sources.Find(copy.Id, copy.Known, out var error) is not { } source)
            return Unknown(copy, error);
        // A version means something only together with its source.
        if (source.Uri.ToString() != copy.CopiedFrom)
            return Sight.Overtaken;
        switch (await AskAsync(copy, source, cancel))
        {
            case Reading.NotModified:
                return Sight.Unchanged;
            case Reading.Body body:
                if (copy.IsOf(body.Version))
                    return Sight.Unchanged;
                return await findings.ChangedAsync(copy, $"{source.Uri} is {Describe(body.Version)}, was {Describe(copy.Version)}", cancel) ? Sight.Changed : Sight.Overtaken;
            case Reading.Gone(var reason):
                await findings.GoneAsync(copy, reason, cancel);
                return Sight.Gone;
            case var other:
                return Unknown(copy, Faults.Reason(Readings.ToOutcome(other))!);
        }
    }

    private async Task<Reading> AskAsync(Audited copy, SourceObject source, CancellationToken cancel)
    {
        // No range of none can be asked for.
        using var slot = await gate.EnterAsync(new FlowTicket(copy.Id.Customer, Lane.Bulk), 1, cancel);
        var reading = await reader.WaitAsync(source, token => source.ReadAsync(0, 1, copy.Condition, token), cancel);
        if (reading is Reading.Body body)
            body.Dispose();
        else
            slot.Finished(TimeSpan.Zero, 0, reading is Reading.Unavailable { Throttled: true } ? FetchOutcome.Throttled : FetchOutcome.Failed);
        return reading;
    }

    private Sight Unknown(Audited copy, string reason)
    {
        LogUnknown(copy.Id, reason);
        return Sight.Unknown;
    }

    private static string Describe(SourceVersion version) => $"{version.ETag} of {version.Length} bytes";

    [LoggerMessage(392, LogLevel.Warning, "{Gone} copies have no source any more; they stay (their histories say 'source gone')")]
    private partial void LogGone(int gone);

    [LoggerMessage(393, LogLevel.Information, "The source of {Asset} can't be asked: {Reason}")]
    private partial void LogUnknown(AssetId asset, string reason);
}
