using System.Globalization;
using Understudy.Cantaloupe;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Plans;
using Understudy.Purging.Targets;
using Understudy.Warming.Planning;

namespace Understudy.Purging;

/// <summary>
/// Has every cache forget what was made of an asset's older bytes: the nodes, told twice and then looked at, and after them what they
/// feed. Done when all serve the new bytes; until then the plan goes round, however long it takes, and says who shows what.
/// </summary>
/// <remarks>Each step is written down, and each may be done twice. So whoever goes on after a crash goes on from there.</remarks>
internal sealed partial class PurgeStage(
    PurgeTargets targets, SharedOrders shared, Purges purges, PathTemplate paths, CantaloupeOptions options, IEnumerable<PoolSlots> pools, TimeProvider time, ILogger<PurgeStage> log) : IStage
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // Of a bulk purge the catalogue gets what can be done at once as one step: half of its writes, for a second's work that is done twice after a crash.
    private static readonly TimeSpan MostLost = TimeSpan.FromSeconds(1);

    private static readonly Outcome BegunAnew = new Outcome.NotYet("it was asked for again meanwhile") { Pause = ShortestPause };

    public string Name => Stages.Purge;

    public async Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        if (await purges.FindAsync(attempt, cancel) is not { } purge)
            return Finished(attempt, warms: true, "nothing was left to purge");

        if (targets.Unknown is { } unknown)
            return new Outcome.NotYet(unknown) { Pause = LongestPause / 10 };

        var all = targets.Current.Where(t => TargetChoice.Includes(purge.Only, t)).ToDictionary(t => t.Name);
        var ledger = new Ledger(purge.BegunAt, purge.States);
        foreach (var left in ledger.Know(all.Values.Select(t => (t.Name, t.Kind))))
            LogForgiven(attempt.Id, left);

        var subject = SubjectOf(attempt, purge);
        var found = time.GetTimestamp();
        DateTimeOffset Now() => purge.Now + time.GetElapsedTime(found);
        var (isWritten, written) = (false, found);
        for (var actions = ledger.Next(Now(), options.SettleTime); actions.Count > 0;)
        {
            await Task.WhenAll(actions.Select(a => ActAsync(all[a.Target], a, subject, attempt.Ticket.Lane, ledger, Now, cancel)));
            actions = ledger.Next(Now(), options.SettleTime);
            if (actions.Count > 0 && attempt.Ticket.Lane == Lane.Bulk && time.GetElapsedTime(written) < MostLost)
                continue;
            if (!await purges.SaveAsync(attempt, purge, ledger, cancel))
                return BegunAnew;
            (isWritten, written) = (true, time.GetTimestamp());
        }

        if (ledger.IsDone)
        {
            // All targets may have left meanwhile.
            if (!isWritten && !await purges.SaveAsync(attempt, purge, ledger, cancel))
                return BegunAnew;
            return Finished(attempt, purge.Warms, string.Create(CultureInfo.InvariantCulture, $"{all.Count} targets, {(Now() - purge.BegunAt).TotalSeconds:0.0} s"));
        }

        var pause = ledger.NextDue(options.SettleTime) - Now();
        return new Outcome.NotYet(ledger.Reason ?? "what was under way in the caches is left to end")
        {
            Pause = TimeSpan.FromTicks(Math.Clamp(pause.Ticks, ShortestPause.Ticks, LongestPause.Ticks)),
        };
    }

    private async Task ActAsync(IPurgeTarget target, PurgeAction action, PurgeSubject subject, Lane lane, Ledger ledger, Func<DateTimeOffset> now, CancellationToken cancel)
    {
        if (action.Look)
        {
            // What can't be looked at is believed; whatever it should have purged is looked at itself.
            var verdict = target is IVerifiableTarget verifiable ? await LookAsync(verifiable, action, subject, lane, cancel) : new Verdict.Clean();
            lock (ledger)
                ledger.Looked(target.Name, verdict, now());
            PurgeMetrics.Looked(target, verdict);
            if (verdict is Verdict.Stale stale)
                LogStale(subject.Id, target.Name, stale.Reason);
        }
        else
        {
            var reply = await TellAsync(target, action, subject, lane, cancel);
            lock (ledger)
                ledger.Told(target.Name, reply, now());
            PurgeMetrics.Told(target, reply);
        }
    }

    private async Task<PurgeReply> TellAsync(IPurgeTarget target, PurgeAction action, PurgeSubject subject, Lane lane, CancellationToken cancel)
    {
        if (action.Order is { } order && target is IPatientTarget patient)
            return await patient.AskAsync(order, cancel);
        return lane == Lane.Bulk ? await shared.TellAsync(target, subject, cancel) : (await target.PurgeAsync([subject], cancel))[0];
    }

    private Task<Verdict> LookAsync(IVerifiableTarget target, PurgeAction action, PurgeSubject subject, Lane lane, CancellationToken cancel) =>
        shared.LookAsync(target, subject, action.IsFirstLook ? Scrutiny.Sizes : lane == Lane.Bulk ? Scrutiny.Sample : Scrutiny.Thorough, lane, cancel);

    private PurgeSubject SubjectOf(Attempt attempt, PurgeRecord purge)
    {
        var path = purge.Path ?? (paths.Resolve(attempt.Id) as PathResult.Resolved)?.Path.ToString() ?? "";
        var size = attempt.Copy?.Facts is { } facts ? new PixelSize(facts.Width, facts.Height) : (PixelSize?)null;
        return new PurgeSubject(attempt.Id, path, purge.Sources, size, purge.IsDeleted && attempt.Copy is null, purge.CustomerName, purge.Round.ToString("N"));
    }

    private Outcome Finished(Attempt attempt, bool warms, string note) =>
        warms && attempt.Copy is not null && pools.Any(p => p.Pool == Pool.ImageServers)
            ? new Outcome.GoOn(Stages.Warm, "purged", note)
            : new Outcome.Purged(note);

    [LoggerMessage(310, LogLevel.Warning, "{Asset}: {Target} still shows what was before: {Reason}; it is purged again")]
    private partial void LogStale(AssetId asset, string target, string reason);

    [LoggerMessage(311, LogLevel.Warning, "{Asset}: {Target} was still owed a purge and is no target any more: forgiven")]
    private partial void LogForgiven(AssetId asset, string target);
}
