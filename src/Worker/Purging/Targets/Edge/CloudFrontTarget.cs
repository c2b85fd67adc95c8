using System.Collections.Concurrent;
using Understudy.Aws;

namespace Understudy.Purging.Targets.Edge;

/// <summary>A CloudFront distribution: as many assets in one invalidation as AWS's limits allow. It takes its time for each, and is asked how far it is.</summary>
internal sealed class CloudFrontTarget(CloudFrontOptions options, Invalidations invalidations, TimeProvider time) : IPatientTarget
{
    // By AWS's own words an invalidation usually takes less than a minute.
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(5), WhenFull = TimeSpan.FromMinutes(1);

    // Many assets share one, and ask for it each.
    private readonly ConcurrentDictionary<string, (long At, Task<Invalidation> Answer)> _asked = new();

    public string Name => $"cloudfront {options.DistributionId}";

    public TargetKind Kind => TargetKind.CloudFront;

    public int MostAtOnce => 1000;

    public async Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
    {
        var replies = new PurgeReply[subjects.Count];
        PurgeReply? full = null;
        foreach (var order in InvalidationOrder.Of(subjects, options))
        {
            // One that has no room, or no answer, leaves none for the next.
            var reply = full ?? await GiveAsync(order, cancel);
            full = reply is PurgeReply.NotYet or PurgeReply.Refused ? reply : null;
            foreach (var member in order.Members)
                replies[member] = reply;
        }

        return replies;
    }

    public async Task<PurgeReply> AskAsync(string order, CancellationToken cancel)
    {
        try
        {
            foreach (var id in order.Split(','))
            {
                if (!(await LookAsync(id).WaitAsync(cancel)).IsCompleted)
                    return new PurgeReply.Taken(order, NextLook);
            }

            return PurgeReply.Done;
        }
        catch (AwsFailure e) when (e.Code == "NoSuchInvalidation")
        {
            return new PurgeReply.Lost($"{Name}: {e.Message}");
        }
        catch (AwsFailure e)
        {
            return Judge(e);
        }
    }

    private async Task<PurgeReply> GiveAsync(InvalidationOrder order, CancellationToken cancel)
    {
        try
        {
            var made = new List<Invalidation>();
            foreach (var batch in order.Batches)
                made.Add(await invalidations.CreateAsync(options.DistributionId!, batch, cancel));
            return !options.WaitUntilCompleted || made.TrueForAll(m => m.IsCompleted)
                ? PurgeReply.Done
                : new PurgeReply.Taken(string.Join(',', made.Select(m => m.Id)), NextLook);
        }
        catch (AwsFailure e)
        {
            return Judge(e);
        }
    }

    private Task<Invalidation> LookAsync(string id)
    {
        foreach (var old in _asked.Where(a => time.GetElapsedTime(a.Value.At) > NextLook / 2))
            _asked.TryRemove(old);
        // Nobody's in particular, so nobody's to cancel; it has a time-out of its own.
        return _asked.GetOrAdd(id, one => (time.GetTimestamp(), invalidations.FindAsync(options.DistributionId!, one, CancellationToken.None))).Answer;
    }

    private PurgeReply Judge(AwsFailure e) => e switch
    {
        { Code: "TooManyInvalidationsInProgress" } => new PurgeReply.NotYet($"{Name}: {e.Message}", WhenFull),
        { MayPass: true } or { Code: "NoCredentials" } => new PurgeReply.NotYet($"{Name}: {e.Message}", IsAway: e.Status is null),
        _ => new PurgeReply.Refused($"{Name}: {e.Message}{(e.Code == "AccessDenied" ? " (the worker needs cloudfront:CreateInvalidation and cloudfront:GetInvalidation)" : e.Advice is { } advice ? $" ({advice})" : "")}"),
    };
}
