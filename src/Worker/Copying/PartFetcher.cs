using System.Buffers;
using System.Security.Cryptography;
using Understudy.Copying.Checksums;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>What one attempt fetches, and into what.</summary>
/// <param name="SourceCrc">Kind of CRC that the source keeps, where it isn't CRC-32C.</param>
/// <param name="Hash">Fed in order; only where the source comes in one part.</param>
internal sealed record Fetch(
    Attempt Attempt, SourceObject Source, SourceVersion Version, PartialFile File, ChecksumKind? SourceCrc, IncrementalHash? Hash);

/// <summary>
/// Brings one part from the source into the temporary file. A try that breaks off is taken up where it broke off, on another
/// connection, and waits for its turn at the gate anew.
/// </summary>
internal sealed class PartFetcher(FetchGate gate, Bandwidth bandwidth, CopyOptions options, TimeProvider time)
{
    private const int BufferSize = 256 * 1024;

    // Less than this in a stall's time is as good as nothing.
    private const int SignOfLife = 64 * 1024;

    public ValueTask<FetchSlot> EnterAsync(Attempt attempt, long bytes, CancellationToken cancel) =>
        gate.EnterAsync(attempt.Ticket, bytes, cancel);

    /// <summary>Asks the source, giving up on one that doesn't answer.</summary>
    public async Task<Reading> AskAsync(SourceObject source, long offset, long length, Condition condition, CancellationToken cancel)
    {
        using var patience = new Patience(options.StallTimeout, time, cancel);
        try
        {
            return await source.ReadAsync(offset, length, condition, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return new Reading.Unavailable($"{source.Uri}: no answer for {options.StallTimeout}");
        }
    }

    /// <summary>What the source says its bytes amount to; null where it doesn't say.</summary>
    public async Task<ExpectedChecksum?> FindChecksumAsync(SourceObject source, Reading.Body opened, CancellationToken cancel)
    {
        // S3 leaves its stored checksum out of answers for a range (ceph#61901, minio#17105). A HEAD brings it: worth it where there
        // is no other proof, and for a large file, where it is cheaper than the MD5.
        var isWanted = opened.Checksum is null || opened.Checksum.Kind == ChecksumKind.Md5 && opened.Length < opened.Version.Length;
        if (!isWanted || !opened.MayKeepMore)
            return opened.Checksum;

        using var patience = new Patience(options.StallTimeout, time, cancel);
        try
        {
            return await source.FindChecksumAsync(opened.Version, patience.Token) ?? opened.Checksum;
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return opened.Checksum;
        }
    }

    /// <param name="opened">An answer for the whole of the part that is there already, with its slot at the gate.</param>
    /// <returns>null when the part is there.</returns>
    public async Task<Outcome?> FetchAsync(Fetch fetch, Part part, Opened? opened, CancellationToken cancel)
    {
        var state = new State();
        for (var tries = 1; ; tries++)
        {
            var (failure, final) = await TryAsync(fetch, part, state, opened, cancel);
            if (failure is null)
            {
                part.Complete(state.Crc32C, state.SourceCrc);
                return null;
            }

            if (final || tries >= options.PartTries)
                return failure;
            opened = null;
            await Task.Delay(Backoff.After(tries, options.PartRetryDelay, TimeSpan.FromSeconds(10), Random.Shared.NextDouble()), time, cancel);
        }
    }

    private async Task<(Outcome? Failure, bool Final)> TryAsync(
        Fetch fetch, Part part, State state, Opened? opened, CancellationToken cancel)
    {
        var missing = part.Length - state.Done;
        using var slot = opened?.Slot ?? await EnterAsync(fetch.Attempt, missing, cancel);
        var started = time.GetTimestamp();
        var reading = opened?.Body ?? await AskAsync(fetch.Source, part.Offset + state.Done, missing, new Condition.Only(fetch.Version), cancel);
        if (reading is not Reading.Body body)
        {
            slot.Finished(TimeSpan.Zero, 0, reading is Reading.Unavailable { Throttled: true } ? FetchOutcome.Throttled : FetchOutcome.Failed);
            return (Readings.ToOutcome(reading), reading is not Reading.Unavailable);
        }

        using (body)
        {
            var firstByte = opened?.FirstByte ?? time.GetElapsedTime(started);
            var before = state.Done;
            var failure = await PumpAsync(fetch, part, state, body.Stream, cancel);
            slot.Finished(firstByte, state.Done - before, failure is null ? FetchOutcome.Ok : FetchOutcome.Failed);
            return (failure, failure is Outcome.NoRoom);
        }
    }

    private async Task<Outcome?> PumpAsync(Fetch fetch, Part part, State state, Stream body, CancellationToken cancel)
    {
        using var patience = new Patience(options.StallTimeout, time, cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var signs = 0;
            while (state.Done < part.Length)
            {
                var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(BufferSize, part.Length - state.Done)), patience.Token);
                if (read == 0)
                    return new Outcome.Failed($"{fetch.Source.Uri}: the answer ended {part.Length - state.Done} bytes early");
                if ((signs += read) >= SignOfLife)
                {
                    patience.Renew();
                    signs = 0;
                }

                await bandwidth.TakeAsync(read, fetch.Attempt.Ticket.Lane, cancel);
                if (Write(fetch, part, state, buffer.AsSpan(0, read)) == Wrote.NoSpace)
                    return new Outcome.NoRoom($"the store's file system is full, {part.Length - state.Done} bytes of a part were missing");
            }

            return null;
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return new Outcome.Failed($"{fetch.Source.Uri}: stalled, fewer than {SignOfLife} bytes in {options.StallTimeout}");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return new Outcome.Failed($"{fetch.Source.Uri}: broke off after {state.Done} of {part.Length} bytes of a part: {e.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Wrote Write(Fetch fetch, Part part, State state, ReadOnlySpan<byte> bytes)
    {
        // Straight into the page cache: an asynchronous write would only do the same on another thread.
        if (fetch.File.Write(part.Offset + state.Done, bytes) == Wrote.NoSpace)
            return Wrote.NoSpace;
        state.Crc32C = Crc32C.Append(state.Crc32C, bytes);
        if (fetch.SourceCrc is { } kind)
            state.SourceCrc = Crc.Append(kind, state.SourceCrc, bytes);
        fetch.Hash?.AppendData(bytes);
        state.Done += bytes.Length;
        fetch.Attempt.Progress.Add(bytes.Length);
        CopyMetrics.Fetched(bytes.Length);
        return Wrote.Done;
    }

    private sealed class State
    {
        public long Done { get; set; }

        public uint Crc32C { get; set; }

        public ulong SourceCrc { get; set; }
    }
}
