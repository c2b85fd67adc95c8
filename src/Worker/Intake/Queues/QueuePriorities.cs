namespace Understudy.Intake.Queues;

/// <summary>Hits before bulk: a queue is read with restraint while one of a lower number has a backlog, but never not at all.</summary>
internal sealed class QueuePriorities(TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // So that the least urgent still gets ahead by a batch of ten a second.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly int[] _busy = new int[10];

    /// <summary>A queue of this priority gave as many messages as were asked for, or doesn't any more.</summary>
    public void Report(int priority, bool hasBacklog) => Interlocked.Add(ref _busy[priority], hasBacklog ? 1 : -1);

    public async Task WaitForTurnAsync(int priority, CancellationToken stop)
    {
        for (var started = time.GetTimestamp(); HasUrgent(priority) && time.GetElapsedTime(started) < Longest;)
            await Task.Delay(Look, time, stop);
    }

    private bool HasUrgent(int priority)
    {
        for (var i = 0; i < priority; i++)
        {
            if (Volatile.Read(ref _busy[i]) > 0)
                return true;
        }

        return false;
    }
}
