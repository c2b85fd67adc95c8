using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>Group commits in which nothing urgent waits for the hundreds that a bulk action writes at once: those have commits of their own.</summary>
internal sealed class ByUrgency<TItem, TResult>(
    int most, TimeSpan retryFor, TimeProvider time, Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> commit) : IAsyncDisposable
{
    private readonly GroupCommit<TItem, TResult> _urgent = new(most, retryFor, time, commit);
    private readonly GroupCommit<TItem, TResult> _bulk = new(most, retryFor, time, commit);

    public Task<TResult> AddAsync(Lane lane, TItem item, CancellationToken cancel = default) => (lane == Lane.Bulk ? _bulk : _urgent).AddAsync(item, cancel);

    public async ValueTask DisposeAsync()
    {
        await _urgent.DisposeAsync();
        await _bulk.DisposeAsync();
    }
}
