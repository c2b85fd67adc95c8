namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>Holds requests until the test lets them go on, and tells the test how many have come: nobody needs to sleep.</summary>
internal sealed class Gate
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _held = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private bool _isOpen;

    /// <summary>All that ever came.</summary>
    public int Arrived { get; private set; }

    /// <summary>When so many have come, in all. The bound only ends a test that has failed.</summary>
    public Task ArrivedAsync(int count)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((count, reached));
            Tell();
            return reached.Task.WaitAsync(Bound);
        }
    }

    /// <summary>The one that has waited longest goes on.</summary>
    public void LetOneThrough()
    {
        lock (_lock)
        {
            if (_held.TryDequeue(out var first))
                first.SetResult();
        }
    }

    /// <summary>Everybody goes on, also who is still to come.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = true;
            while (_held.TryDequeue(out var held))
                held.SetResult();
        }
    }

    internal Task PassAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            Arrived++;
            Tell();
            if (_isOpen)
                return Task.CompletedTask;
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held.Enqueue(held);
            return held.Task.WaitAsync(cancel);
        }
    }

    private void Tell()
    {
        foreach (var (_, reached) in _watchers.Where(w => w.Count <= Arrived))
            reached.TrySetResult();
        _watchers.RemoveAll(w => w.Count <= Arrived);
    }
}
