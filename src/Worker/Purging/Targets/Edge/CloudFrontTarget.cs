using Understudy.Aws;

namespace Understudy.Purging.Targets.Edge;

/// <summary>A CloudFront distribution: as many assets in one invalidation as AWS's limits allow, which with wildcards is few.</summary>
internal sealed class CloudFrontTarget(CloudFrontOptions options, Invalidations invalidations, TimeProvider time) : IPurgeTarget
{
    // What AWS takes for one, by its own words: usually less than a minute.
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(5), WhenFull = TimeSpan.FromMinutes(1), WhenUnfinished = TimeSpan.FromSeconds(20);

    public string Name => $"cloudfront {options.DistributionId}";

    public TargetKind Kind => TargetKind.CloudFront;

    public int MostAtOnce
    {
        get
        {
            var wildcards = 2 * options.Paths.Count(InvalidationPath.IsWildcard);
            return Math.Max(1, Math.Min(options.MostPaths / (2 * options.Paths.Length), wildcards == 0 ? int.MaxValue : options.MostWildcards / wildcards));
        }
    }

    public async Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
    {
        var replies = new List<PurgeReply>();
        foreach (var batch in InvalidationBatch.Of(subjects, options))
        {
            // One that has no room, or no answer, leaves none for the next.
            var reply = replies.LastOrDefault() is { } last and not PurgeReply.Purged ? last : await PurgeAsync(batch, cancel);
            replies.AddRange(Enumerable.Repeat(reply, batch.Subjects));
        }

        return replies;
    }

    private async Task<PurgeReply> PurgeAsync(InvalidationBatch batch, CancellationToken cancel)
    {
        try
        {
            var started = time.GetTimestamp();
            var made = await invalidations.CreateAsync(options.DistributionId!, batch, cancel);
            while (!made.IsCompleted && options.WaitTime > TimeSpan.Zero)
            {
                if (time.GetElapsedTime(started) + NextLook > options.WaitTime)
                    return new PurgeReply.NotYet($"{Name}: invalidation {made.Id} isn't carried out yet", WhenUnfinished);
                await Task.Delay(NextLook, time, cancel);
                made = await invalidations.FindAsync(options.DistributionId!, made.Id, cancel);
            }

            return PurgeReply.Done;
        }
        catch (AwsFailure e)
        {
            return Judge(e);
        }
    }

    private PurgeReply Judge(AwsFailure e) => e switch
    {
        { Code: "TooManyInvalidationsInProgress" } => new PurgeReply.NotYet($"{Name}: {e.Message}", WhenFull),
        { MayPass: true } or { Code: "NoCredentials" } => new PurgeReply.NotYet($"{Name}: {e.Message}", IsAway: e.Status is null),
        _ => new PurgeReply.Refused($"{Name}: {e.Message}{(e.Code == "AccessDenied" ? " (the worker needs cloudfront:CreateInvalidation and cloudfront:GetInvalidation)" : e.Advice is { } advice ? $" ({advice})" : "")}"),
    };
}
