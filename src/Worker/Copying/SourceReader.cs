using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>One read of a source: waits for its turn at the gate, and gives up on a source that doesn't answer.</summary>
internal sealed class SourceReader(FetchGate gate, CopyOptions options, TimeProvider time)
{
    /// <returns>Either the answer, which is the caller's to dispose, or why there is none.</returns>
    public async Task<(Opened? Opened, Reading Reading)> AskAsync(
        Attempt attempt, SourceObject source, long offset, long length, Condition condition, CancellationToken cancel)
    {
        var slot = await gate.EnterAsync(attempt.Ticket, length, cancel);
        var started = time.GetTimestamp();
        try
        {
            var reading = await WaitAsync(source, token => source.ReadAsync(offset, length, condition, token), cancel);
            if (reading is Reading.Body body)
                return (new Opened(body, slot, time.GetElapsedTime(started)), reading);
            slot.Finished(TimeSpan.Zero, 0, reading is Reading.Unavailable { Throttled: true } ? FetchOutcome.Throttled : FetchOutcome.Failed);
            return (null, reading);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>Asks, but not for ever.</summary>
    public async Task<Reading> WaitAsync(SourceObject source, Func<CancellationToken, Task<Reading>> ask, CancellationToken cancel)
    {
        using var patience = new Patience(options.StallTimeout, time, cancel);
        try
        {
            return await ask(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return new Reading.Unavailable($"{source.Uri}: no answer for {options.StallTimeout}");
        }
    }

    /// <returns>Whether there is another try, after a pause that grows.</returns>
    /// <param name="tries">Failed ones so far.</param>
    public async Task<bool> MayTryAgainAsync(int tries, CancellationToken cancel)
    {
        if (tries >= options.PartTries)
            return false;
        await Task.Delay(Backoff.After(tries, options.PartRetryDelay, TimeSpan.FromSeconds(10), Random.Shared.NextDouble()), time, cancel);
        return true;
    }
}
