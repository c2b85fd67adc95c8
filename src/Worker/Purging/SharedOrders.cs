using System.Collections.Concurrent;
using Understudy.Catalogue;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

/// <summary>
/// How bulk purges use the targets: what is to be told gathers while the last order is on its way, and goes together, as many as a target takes at once;
/// and a target is looked at for few of them at a time. So single purges, which go past this, find the targets nearly as if they were alone.
/// </summary>
internal sealed class SharedOrders(TimeProvider time) : IAsyncDisposable
{
    private const int LooksAtOnce = 3;

    private readonly ConcurrentDictionary<string, Lazy<Shared>> _targets = new();

    public Task<PurgeReply> TellAsync(IPurgeTarget target, PurgeSubject subject, CancellationToken cancel) => Of(target).Orders.AddAsync(subject, cancel);

    public async Task<Verdict> LookAsync(IVerifiableTarget target, PurgeSubject subject, CancellationToken cancel)
    {
        var turn = Of(target).Looks;
        await turn.WaitAsync(cancel);
        try
        {
            return await target.VerifyAsync(subject, Scrutiny.Sample, cancel);
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
        }
    }

    private Shared Of(IPurgeTarget target) => _targets.GetOrAdd(target.Name, _ => new(() => new Shared(
        new GroupCommit<PurgeSubject, PurgeReply>(target.MostAtOnce, TimeSpan.Zero, time, target.PurgeAsync),
        new SemaphoreSlim(LooksAtOnce)))).Value;

    private sealed record Shared(GroupCommit<PurgeSubject, PurgeReply> Orders, SemaphoreSlim Looks);
}
