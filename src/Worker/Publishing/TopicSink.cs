using System.Globalization;
using Understudy.Aws;

namespace Understudy.Publishing;

/// <summary>Publishes to an SNS topic, with the attributes that subscriptions' filter policies want.</summary>
internal sealed class TopicSink(SnsClient sns, PublishingOptions options) : IAnnouncementSink
{
    public async Task<IReadOnlyList<PublishFailure>> PublishAsync(IReadOnlyList<Announcement> batch, CancellationToken cancel)
    {
        // A message is some hundreds of bytes, its reason at most a few thousand: ten are far below SNS's 256 KiB.
        var failures = await Task.WhenAll(batch.Chunk(SnsClient.LargestBatch).Select(some => PublishAsync(some, cancel)));
        return [.. failures.SelectMany(f => f)];
    }

    private async Task<IEnumerable<PublishFailure>> PublishAsync(Announcement[] batch, CancellationToken cancel)
    {
        var failed = await sns.PublishAsync(options.Topic!, [.. batch.Select(a => new SnsMessage(a.Json, Attributes(a)))], cancel);
        return failed.Select(f => new PublishFailure(batch[f.Index].Id, f.Reason, f.MayPass));
    }

    private static Dictionary<string, string> Attributes(Announcement announcement) => new()
    {
        ["messageType"] = announcement.Type,
        ["customer"] = announcement.Asset.Customer.ToString(CultureInfo.InvariantCulture),
        ["space"] = announcement.Asset.Space.ToString(CultureInfo.InvariantCulture),
    };
}
