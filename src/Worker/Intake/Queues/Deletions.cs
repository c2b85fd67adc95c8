using System.Threading.Channels;
using Understudy.Aws;

namespace Understudy.Intake.Queues;

/// <summary>
/// Deletes messages whose events are committed, up to ten with one call. Until that has worked they stay hidden; one that
/// can't be deleted is delivered again, which does no harm.
/// </summary>
internal sealed partial class Deletions(SqsClient sqs, string url, string queue, HeldMessages held, TimeProvider time, ILogger log)
{
    private const int SideBySide = 8;

    // For a batch to fill. Nobody waits for a deletion.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<HeldMessage> _done = Channel.CreateUnbounded<HeldMessage>();

    public void Add(HeldMessage message) => _done.Writer.TryWrite(message);

    /// <summary>No more will come: <see cref="RunAsync"/> ends when it has deleted the rest.</summary>
    public void Complete() => _done.Writer.TryComplete();

    /// <param name="giveUp">What isn't deleted by then is delivered again.</param>
    public Task RunAsync(CancellationToken giveUp) => Task.WhenAll(Enumerable.Range(0, SideBySide).Select(_ => DeleteAllAsync(giveUp)));

    private async Task DeleteAllAsync(CancellationToken giveUp)
    {
        try
        {
            while (await _done.Reader.WaitToReadAsync(giveUp))
            {
                var batch = new List<HeldMessage>(SqsClient.LargestBatch);
                Fill(batch);
                if (batch.Count is > 0 and < SqsClient.LargestBatch && !_done.Reader.Completion.IsCompleted)
                {
                    await Task.Delay(Linger, time, giveUp);
                    Fill(batch);
                }

                while (batch.Count > 0)
                    batch = await DeleteAsync(batch, giveUp);
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
        }
    }

    private void Fill(List<HeldMessage> batch)
    {
        while (batch.Count < SqsClient.LargestBatch && _done.Reader.TryRead(out var message))
            batch.Add(message);
    }

    /// <returns>Those to try again.</returns>
    private async Task<List<HeldMessage>> DeleteAsync(List<HeldMessage> batch, CancellationToken giveUp)
    {
        IReadOnlyList<SqsEntryFailure> failed;
        try
        {
            failed = await sqs.DeleteAsync(url, [.. batch.Select(h => h.Message.Receipt)], giveUp);
        }
        catch (AwsFailure e)
        {
            LogNotDeleted(queue, batch.Count, e.Message);
            await Task.Delay(Pause, time, giveUp);
            return e.MayPass ? batch : LetGo(batch);
        }

        var again = failed.Where(f => f.MayPass).Select(f => batch[f.Index]).ToList();
        foreach (var failure in failed.Where(f => !f.MayPass && !AwsFailure.IsLostReceipt(f.Code)))
            LogNotDeleted(queue, 1, failure.Reason);
        LetGo(batch.Except(again));
        if (again.Count > 0)
            await Task.Delay(Pause, time, giveUp);
        return again;
    }

    private List<HeldMessage> LetGo(IEnumerable<HeldMessage> batch)
    {
        foreach (var message in batch)
            held.Remove(message);
        return [];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue}: {Count} messages that are done could not be deleted, and may come again: {Reason}")]
    private partial void LogNotDeleted(string queue, int count, string reason);
}
