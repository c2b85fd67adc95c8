using System.Collections.Concurrent;
using Understudy.Aws;

namespace Understudy.Intake.Queues;

/// <summary>
/// The messages of one queue that this worker has in hand. Keeps them hidden for as long as they are: every third of the
/// visibility time-out, in batches. A call that fails is made again, so throttling and a network that is away for a moment
/// cost nothing (MassTransit's own transport ends a renewal at the first error).
/// </summary>
internal sealed partial class HeldMessages(SqsClient sqs, string url, string queue, TimeSpan visibility, TimeProvider time, ILogger log)
{
    private readonly ConcurrentDictionary<string, HeldMessage> _held = new();
    private readonly TimeSpan _due = visibility / 3;

    public int Count => _held.Count;

    public HeldMessage Add(SqsMessage message, long received)
    {
        var held = new HeldMessage(message, received);
        _held[message.Receipt] = held;
        return held;
    }

    public bool Remove(HeldMessage message) => _held.TryRemove(message.Message.Receipt, out _);

    /// <summary>Until <paramref name="stop"/>: after that, nobody hides what is still here.</summary>
    public async Task KeepHiddenAsync(CancellationToken stop)
    {
        // Looks often enough that one renewal fails and the next still comes in time.
        using var timer = new PeriodicTimer(_due / 3, time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop);
                await RenewAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        var due = _held.Values.Where(h => time.GetElapsedTime(h.HiddenAt) >= _due);
        await Parallel.ForEachAsync(due.Chunk(SqsClient.LargestBatch), stop, async (batch, cancel) => await RenewAsync(batch, cancel));
    }

    private async Task RenewAsync(HeldMessage[] batch, CancellationToken cancel)
    {
        try
        {
            var now = time.GetTimestamp();
            var failed = await sqs.HideAsync(url, [.. batch.Select(h => h.Message.Receipt)], visibility, cancel);
            foreach (var (i, held) in batch.Index())
            {
                if (failed.FirstOrDefault(f => f.Index == i) is not { } failure)
                    held.HiddenAt = now;
                else if (AwsFailure.IsLostReceipt(failure.Code) && Remove(held))
                    LogLost(queue, held.Message.Id, failure.Reason);
                else
                    LogNotRenewed(queue, failure.Reason);
            }
        }
        catch (AwsFailure e)
        {
            LogNotRenewed(queue, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue}: message {Id} is not this worker's any more, and may be worked on twice: {Reason}")]
    private partial void LogLost(string queue, string id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue}: messages could not be kept hidden, trying again: {Reason}")]
    private partial void LogNotRenewed(string queue, string reason);
}
