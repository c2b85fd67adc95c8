using System.Collections.Concurrent;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

/// <summary>
/// How purges share the targets. What bulk purges have to tell gathers while the last order is on its way, and goes together, as many as a target takes
/// at once; and a target is looked at for few of them at a time. So single purges, which tell at once and have looks of their own, find the targets nearly
/// as if they were alone.
/// </summary>
internal sealed class SharedOrders(TimeProvider time) : IAsyncDisposable
{
    private const int BulkLooksAtOnce = 4;

    // A node has other things to do, also while many sources are replaced at once.
    private const int LooksAtOnce = 32;

    // Singles that never end must not keep a bulk purge from ever going on.
    private static readonly TimeSpan LetsBy = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Lazy<Shared>> _targets = new();
    private readonly Lock _lock = new();
    private int _singles;
    private TaskCompletionSource? _over;

    /// <summary>A single purge is at its steps: bulk ones wait with theirs until it isn't.</summary>
    public IDisposable Single()
    {
        lock (_lock)
        {
            if (_singles++ == 0)
                _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new Passing(this);
    }

    public async Task<PurgeReply> TellAsync(IPurgeTarget target, PurgeSubject subject, CancellationToken cancel)
    {
        await LetByAsync(cancel);
        return await Of(target).Orders.AddAsync(subject, cancel);
    }

    public async Task<Verdict> LookAsync(IVerifiableTarget target, PurgeSubject subject, Scrutiny scrutiny, Lane lane, CancellationToken cancel)
    {
        if (lane == Lane.Bulk)
            await LetByAsync(cancel);
        var turn = lane == Lane.Bulk ? Of(target).BulkLooks : Of(target).Looks;
        await turn.WaitAsync(cancel);
        try
        {
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

    private async Task LetByAsync(CancellationToken cancel)
    {
        Task? over;
        lock (_lock)
            over = _over?.Task;
        if (over is not null)
            await Task.WhenAny(over, Task.Delay(LetsBy, time, cancel));
    }

    private void Passed()
    {
        lock (_lock)
        {
            if (--_singles > 0)
                return;
            _over!.SetResult();
            _over = null;
        }
    }

    private Shared Of(IPurgeTarget target) => _targets.GetOrAdd(target.Name, _ => new(() => new Shared(
        new GroupCommit<PurgeSubject, PurgeReply>(target.MostAtOnce, TimeSpan.Zero, time, target.PurgeAsync),
        new SemaphoreSlim(LooksAtOnce), new SemaphoreSlim(BulkLooksAtOnce)))).Value;

    private sealed class Passing(SharedOrders orders) : IDisposable
    {
        public void Dispose() => orders.Passed();
    }

    private sealed record Shared(GroupCommit<PurgeSubject, PurgeReply> Orders, SemaphoreSlim Looks, SemaphoreSlim BulkLooks);
}
