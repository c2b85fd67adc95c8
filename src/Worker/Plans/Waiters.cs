using Npgsql;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>
/// Requests that hold on until an asset's plan is settled, on whichever node. All that wait for one asset share one look at the
/// catalogue: after each signal, and every so often in case one was lost. Whoever gives up cancels nothing.
/// </summary>
internal sealed class Waiters(AssetViews views, PlanOptions options, TimeProvider time)
{
    private readonly Dictionary<AssetId, Group> _groups = [];

    /// <summary>
    /// The asset as soon as it is settled (present, dead, or waiting for room), or as it is when <paramref name="wait"/> is over.
    /// </summary>
    public async Task<AssetView?> WaitAsync(AssetId id, TimeSpan wait, CancellationToken cancel)
    {
        var group = Join(id);
        try
        {
            return await group.Settled.Task.WaitAsync(wait, time, cancel);
        }
        catch (TimeoutException)
        {
            return await views.FindAsync(id, cancel);
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

    private Group Join(AssetId id)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue(id, out var group))
            {
                _groups.Add(id, group = new Group());
                _ = Task.Run(() => WatchAsync(id, group));
            }

            group.Waiting++;
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
                await group.Look.WaitAsync(options.PollInterval, group.Gone.Token);
                if (await views.FindAsync(id, group.Gone.Token) is { } view && IsSettled(view))
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
                await Task.Delay(options.PollInterval, time);
            }
        }
    }

    /// <summary>Whether there is nothing to wait for: it is there, given up, gone, or has no room.</summary>
    public static bool IsSettled(AssetView view) =>
        view is { State: AssetState.Present or AssetState.Dead or AssetState.Absent } or { State: AssetState.Pending, Plan.Fault: Fault.NoRoom }
            // The copy is there; what caches hold of older ones is nothing that a copy is waited for.
            or { Plan: { Stage: Stages.Purge, Goal: not Goal.Absent }, Copy: not null };

    private sealed class Group
    {
        public int Waiting { get; set; }

        /// <summary>The first look comes at once: the plan may have been settled before anybody waited.</summary>
        public SemaphoreSlim Look { get; } = new(1);

        public CancellationTokenSource Gone { get; } = new();

        public TaskCompletionSource<AssetView?> Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
