using System.Threading.Channels;
using Npgsql;

namespace Understudy.Catalogue;

/// <summary>
/// Many small writes, one commit: items that arrive while a commit is on its way go together into the next one. A lone
/// item waits for nobody; under load the cost of a commit is shared.
/// </summary>
/// <remarks>
/// The commit gets the items in order of arrival and returns one result an item. A deadlock or a lost connection is
/// retried, so a commit must be repeatable.
/// </remarks>
internal sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private readonly Channel<Entry> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _most;
    private readonly TimeSpan _retryFor;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> _commit;
    private readonly Task _loop;

    public GroupCommit(
        int most,
        TimeSpan retryFor,
        TimeProvider time,
        Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> commit)
    {
        (_most, _retryFor, _time, _commit) = (most, retryFor, time, commit);
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(4 * most) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Returns when the item is committed; gives up waiting, not the commit, when cancelled.</summary>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancel = default)
    {
        var entry = new Entry(item);
        await _queue.Writer.WriteAsync(entry, cancel);
        return await entry.Done.Task.WaitAsync(cancel);
    }

    /// <summary>Takes the item if there is room, and reports to nobody: for what may be lost, such as a use that is only counted.</summary>
    public bool TryAdd(TItem item)
    {
        var entry = new Entry(item);
        _ = entry.Done.Task.ContinueWith(static t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return _queue.Writer.TryWrite(entry);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(_retryFor);
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Entry>(_most);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < _most && _queue.Reader.TryRead(out var entry))
                batch.Add(entry);
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    private async Task CommitAsync(List<Entry> batch)
    {
        try
        {
            var results = await WithRetriesAsync(batch.ConvertAll(e => e.Item));
            for (var i = 0; i < batch.Count; i++)
                batch[i].Done.TrySetResult(results[i]);
        }
        catch (Exception e) when (batch.Count > 1 && e is not OperationCanceledException && !IsPassing(e))
        {
            // One bad item must not fail its neighbours.
            foreach (var entry in batch.ToList())
                await CommitAsync([entry]);
        }
        catch (Exception e)
        {
            foreach (var entry in batch)
                entry.Done.TrySetException(e);
        }
    }

    private async Task<IReadOnlyList<TResult>> WithRetriesAsync(List<TItem> items)
    {
        var started = _time.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(20); ; pause *= 1.5)
        {
            try
            {
                return await _commit(items, _stop.Token);
            }
            catch (NpgsqlException e) when (IsPassing(e) && _time.GetElapsedTime(started) < _retryFor)
            {
                await Task.Delay(pause, _time, _stop.Token);
            }
        }
    }

    private static bool IsPassing(Exception e) => e is NpgsqlException failure && failure.MayPass();

    private sealed class Entry(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
