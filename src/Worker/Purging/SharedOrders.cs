using System.Collections.Concurrent;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

/// <summary>
/// How purges share the targets. What bulk purges have to tell gathers while the last order is on its way, and goes together, as many as a target takes
/// at once; and a target is looked at for few of them at a time. So single purges, which tell at once and have looks of their own, find the targets nearly
/// as if they were alone.
/// </summary>
internal sealed class SharedOrders(RightOfWay way, TimeProvider time) : IAsyncDisposable
{
    private const int BulkLooksAtOnce = 4;

    // A node has other things to do, also while many sources are replaced at once.
    private const int LooksAtOnce = 32;

    private readonly ConcurrentDictionary<string, Lazy<Shared>> _targets = new();

    public Task<PurgeReply> TellAsync(IPurgeTarget target, PurgeSubject subject, CancellationToken cancel) => Of(target).Orders.AddAsync(subject, cancel);

    public async Task<Verdict> LookAsync(IVerifiableTarget target, PurgeSubject subject, Scrutiny scrutiny, Lane lane, CancellationToken cancel)
    {
        var turn = lane == Lane.Bulk ? Of(target).BulkLooks : Of(target).Looks;
        await turn.WaitAsync(cancel);
        try
        {
            if (lane == Lane.Bulk)
                await way.GiveWayAsync(cancel);
            return await target.VerifyAsync(subject, scrutiny, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets.Values)
        {
            await target.Value.Orders.DisposeAsync();
            target.Value.Looks.Dispose();
            target.Value.BulkLooks.Dispose();
        }
    }

    private async Task<IReadOnlyList<PurgeReply>> OrderAsync(IPurgeTarget target, IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
    {
        await way.GiveWayAsync(cancel);
        return await target.PurgeAsync(subjects, cancel);
    }

    private Shared Of(IPurgeTarget target) => _targets.GetOrAdd(target.Name, _ => new(() => new Shared(
        new GroupCommit<PurgeSubject, PurgeReply>(target.MostAtOnce, TimeSpan.Zero, time, (subjects, cancel) => OrderAsync(target, subjects, cancel)),
        new SemaphoreSlim(LooksAtOnce), new SemaphoreSlim(BulkLooksAtOnce)))).Value;

    private sealed record Shared(GroupCommit<PurgeSubject, PurgeReply> Orders, SemaphoreSlim Looks, SemaphoreSlim BulkLooks);
}
