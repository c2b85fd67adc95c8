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
internal sealed class PartFetcher(SourceReader reader, Bandwidth bandwidth, CopyOptions options, TimeProvider time)
{
    private const int BufferSize = 256 * 1024;

    // What a crash costs of a part at the most, for a line of the journal and no flush.
    private const int NoteEvery = 256 * 1024;

    // Less than this in a stall's time is as good as nothing.
    private const int SignOfLife = 64 * 1024;

    /// <param name="opened">An answer for the whole of the part that is there already; it is the caller's to dispose.</param>
    /// <returns>null when the part is there.</returns>
    public async Task<Outcome?> FetchAsync(Fetch fetch, Part part, Opened? opened, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var failure = tries == 1 && opened is not null
                ? await PumpAsync(fetch, part, opened, cancel)
                : await TryAsync(fetch, part, cancel);
            if (failure is not Outcome.Failed || !await reader.MayTryAgainAsync(tries, cancel))
                return failure;
        }
    }

    private async Task<Outcome?> TryAsync(Fetch fetch, Part part, CancellationToken cancel)
    {
        var (opened, reading) = await reader.AskAsync(
            fetch.Attempt, fetch.Source, part.Offset + part.Received, part.Length - part.Received, new Condition.Only(fetch.Version), cancel);
        if (opened is null)
            return Readings.ToOutcome(reading);
        using (opened)
            return await PumpAsync(fetch, part, opened, cancel);
    }

    private async Task<Outcome?> PumpAsync(Fetch fetch, Part part, Opened opened, CancellationToken cancel)
    {
        var before = part.Received;
        var failure = await PumpAsync(fetch, part, opened.First, opened.Body.Stream, cancel);
        // Its turn ends with the last byte, not when its owner gets round to disposing it.
        opened.Slot.Finished(opened.FirstByte, part.Received - before, failure is null ? FetchOutcome.Ok : FetchOutcome.Failed);
        return failure;
    }

    private async Task<Outcome?> PumpAsync(Fetch fetch, Part part, ReadOnlyMemory<byte> first, Stream body, CancellationToken cancel)
    {
        if (Write(fetch, part, first.Span) == Wrote.NoSpace)
            return Full(part);

        using var patience = new Patience(options.StallTimeout, time, cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var signs = 0; part.Received < part.Length;)
            {
                patience.Resume();
                var (read, fault) = await ReadAsync(body, buffer.AsMemory(0, (int)Math.Min(BufferSize, part.Length - part.Received)), patience);
                patience.Pause();
                if (fault is not null)
                    return new Outcome.Failed($"{fetch.Source.Uri}: {fault} after {part.Received} of {part.Length} bytes of a part");
                if ((signs += read) >= SignOfLife)
                {
                    patience.Renew();
                    signs = 0;
                }

                await bandwidth.TakeAsync(read, fetch.Attempt.Ticket.Lane, cancel);
                if (Write(fetch, part, buffer.AsSpan(0, read)) == Wrote.NoSpace)
                    return Full(part);
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<(int Read, string? Fault)> ReadAsync(Stream body, Memory<byte> buffer, Patience patience)
    {
        try
        {
            var read = await body.ReadAsync(buffer, patience.Token);
            return (read, read == 0 ? "the answer ended" : null);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return (0, $"stalled (fewer than {SignOfLife} bytes in {options.StallTimeout})");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (0, $"broke off ({e.Message})");
        }
    }

    private static Wrote Write(Fetch fetch, Part part, ReadOnlySpan<byte> bytes)
    {
        // Straight into the page cache: an asynchronous write would only do the same on another thread.
        if (fetch.File.Write(part.Offset + part.Received, bytes) == Wrote.NoSpace)
            return Wrote.NoSpace;
        fetch.Hash?.AppendData(bytes);
        part.Reach(
            part.Received + bytes.Length,
            Crc32C.Append(part.Crc32C, bytes),
            fetch.SourceCrc is { } kind ? Crc.Append(kind, part.SourceCrc, bytes) : 0);
        fetch.Attempt.Progress.Add(bytes.Length);
        CopyMetrics.Fetched(bytes.Length);
        return part.IsDone || part.Received - part.Noted >= NoteEvery ? Note(fetch, part) : Wrote.Done;
    }

    /// <summary>What is noted isn't fetched again. A source in one part is: its checksum wants all bytes in order.</summary>
    public static Wrote Note(Fetch fetch, Part part)
    {
        if (part.Length == fetch.Version.Length)
            return Wrote.Done;
        part.Noted = part.Received;
        return fetch.File.Record(new PartRecord(part.Offset, (int)part.Received, part.Crc32C));
    }

    private static Outcome.NoRoom Full(Part part) =>
        new($"the store's file system is full, {part.Length - part.Received} bytes of a part were missing");
}
