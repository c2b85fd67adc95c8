using Npgsql;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>
/// Requests that hold on until an asset's plan is settled, on whichever node. All that wait for one asset share one look at the
/// catalogue: after each signal, and every so often in case one was lost. Whoever gives up cancels nothing.
/// </summary>
internal sealed class Waiters
{
    private readonly AssetViews _views;
    private readonly RoomWanted _room;
    private readonly PlanOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<AssetId, Group> _groups = [];

    public Waiters(AssetViews views, RoomWanted room, PlanOptions options, TimeProvider time)
    {
        (_views, _room, _options, _time) = (views, room, options, time);
        room.Looked += LookAgain;
    }

    /// <summary>
    /// The asset as soon as it is settled (present, dead, or waiting for room that doesn't come), or as it is when <paramref name="wait"/> is over.
    /// </summary>
    public async Task<AssetView?> WaitAsync(AssetId id, TimeSpan wait, CancellationToken cancel)
    {
        var group = Join(id, _time.GetUtcNow() + wait);
        try
        {
            return await group.Settled.Task.WaitAsync(wait, _time, cancel);
        }
        catch (TimeoutException)
        {
            return await _views.FindAsync(id, cancel);
        }
        finally
        {
            Leave(id, group);
        }
    }

    /// <summary>The asset's plan was settled, or may have been.</summary>
    public void Settled(AssetId id)
    {
        lock (_groups)
        {
            if (_groups.TryGetValue(id, out var group))
                group.Look.Release();
        }
    }

    /// <summary>There was no room for its copy.</summary>
    public void Refused(AssetId id, long bytes)
    {
        lock (_groups)
        {
            if (_groups.TryGetValue(id, out var group))
                group.Needs = bytes;
        }
    }

    private void LookAgain()
    {
        lock (_groups)
        {
            foreach (var group in _groups.Values.Where(g => g.Look.CurrentCount == 0))
                group.Look.Release();
        }
    }

    private Group Join(AssetId id, DateTimeOffset until)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue(id, out var group))
            {
                _groups.Add(id, group = new Group());
                _ = Task.Run(() => WatchAsync(id, group));
            }

            group.Waiting++;
            group.Until = until > group.Until ? until : group.Until;
            return group;
        }
    }

    private void Leave(AssetId id, Group group)
    {
        lock (_groups)
        {
            if (--group.Waiting == 0)
                Close(id, group);
        }
    }

    private void Close(AssetId id, Group group)
    {
        if (_groups.TryGetValue(id, out var open) && open == group)
            _groups.Remove(id);
        group.Gone.Cancel();
    }

    private async Task WatchAsync(AssetId id, Group group)
    {
        while (!group.Gone.IsCancellationRequested)
        {
            try
            {
                await group.Look.WaitAsync(_options.PollInterval, group.Gone.Token);
                if (await _views.FindAsync(id, group.Gone.Token) is { } view && IsSettled(view) && !MayStillFit(view, group))
                {
                    // Newcomers from now on look for themselves first, and open a new group.
                    lock (_groups)
                        Close(id, group);
                    group.Settled.TrySetResult(view);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NpgsqlException)
            {
                // The catalogue is away (the runner logs that): look again at the next turn.
                await Task.Delay(_options.PollInterval, _time);
            }
        }
    }

    /// <summary>Whether there is nothing to wait for: it is there, given up, gone, or has no room.</summary>
    public static bool IsSettled(AssetView view) =>
        view is { State: AssetState.Present or AssetState.Dead or AssetState.Absent } or { State: AssetState.Pending, Plan.Fault: Fault.NoRoom }
            // The copy is there; what caches hold of older ones is nothing that a copy is waited for.
            or { Plan: { Stage: Stages.Purge, Goal: not Goal.Absent }, Copy: not null };

    /// <summary>Room is being made for the first copy of this asset, or may be before the last has given up. (Who has an older copy to show doesn't wait.)</summary>
    private bool MayStillFit(AssetView view, Group group) =>
        view is { State: AssetState.Pending, Plan.Fault: Fault.NoRoom, Copy: null }
            && group.Needs <= _room.Possible && _room.Standstill?.LastsBeyond(group.Until) != true;

    private sealed class Group
    {
        public int Waiting { get; set; }

        /// <summary>When the last of them gives up.</summary>
        public DateTimeOffset Until { get; set; }

        /// <summary>Bytes that there was no room for, as far as this node knows.</summary>
        public long Needs { get; set; }

        /// <summary>The first look comes at once: the plan may have been settled before anybody waited.</summary>
        public SemaphoreSlim Look { get; } = new(1);

        public CancellationTokenSource Gone { get; } = new();

        public TaskCompletionSource<AssetView?> Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
