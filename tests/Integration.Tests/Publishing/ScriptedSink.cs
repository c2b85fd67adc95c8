using System.Collections.Concurrent;
using Understudy.Publishing;

namespace Understudy.Integration.Tests.Publishing;

/// <summary>A topic that does what the test says, and remembers what it was given.</summary>
internal sealed class ScriptedSink : IAnnouncementSink
{
    public ConcurrentQueue<Announcement> Published { get; } = new();

    public IEnumerable<long> Ids => Published.Select(a => a.Id);

    /// <summary>What to answer to a batch; may throw.</summary>
    public Func<IReadOnlyList<Announcement>, CancellationToken, Task<IReadOnlyList<PublishFailure>>> Script { get; set; } = (_, _) => Answer();

    public static Task<IReadOnlyList<PublishFailure>> Answer(params PublishFailure[] failures) => Task.FromResult<IReadOnlyList<PublishFailure>>(failures);

    /// <summary>Fails those for which <paramref name="fails"/> says so.</summary>
    public void Fail(Predicate<Announcement> fails, bool mayPass) =>
        Script = (batch, _) => Answer([.. batch.Where(a => fails(a)).Select(a => new PublishFailure(a.Id, "refused", mayPass))]);

    public async Task<IReadOnlyList<PublishFailure>> PublishAsync(IReadOnlyList<Announcement> batch, CancellationToken cancel)
    {
        Assert.Equal(batch.Count, batch.DistinctBy(a => a.Asset).Count());
        var failures = await Script(batch, cancel);
        foreach (var announcement in batch.Where(a => failures.All(f => f.Id != a.Id)))
            Published.Enqueue(announcement);
        return failures;
    }
}
