using System.Buffers;
using System.Security.Cryptography;
using Understudy.Copying.Checksums;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>What a transfer came to.</summary>
/// <param name="Failure">null when every byte is in the file.</param>
/// <param name="Crc32C">Of all bytes as received.</param>
/// <param name="Checksum">Of all bytes, of the kind that the source keeps; null where it keeps none.</param>
/// <param name="CanGoOn">Whether the file holds parts that a next attempt need not fetch.</param>
internal sealed record Transferred(Outcome? Failure, uint Crc32C, byte[]? Checksum, bool CanGoOn);

/// <summary>Fetches a source into a temporary file: its parts side by side, and those of a broken-off attempt not again.</summary>
internal sealed class Transfer(PartFetcher fetcher, FlowOptions flow, CopyOptions options)
{
    public async Task<Transferred> RunAsync(
        Attempt attempt, SourceObject source, PartialFile file, ExpectedChecksum? expected, LeftBehind left, Opened opened, CancellationToken cancel)
    {
        var version = opened.Body.Version;
        // A server that ignores ranges sends everything at once: then that is the one part.
        var parts = new Parts(version.Length, (int)Math.Clamp(opened.Body.Length, options.PartSize, int.MaxValue));
        var crc = expected?.Kind is { } kind && kind != ChecksumKind.Crc32C && Crc.Is(kind) ? kind : (ChecksumKind?)null;
        using var hash = expected is null || Crc.Is(expected.Kind) ? null : IncrementalHash.CreateHash(Algorithm(expected.Kind));
        var fetch = new Fetch(attempt, source, version, file, crc, parts.Count == 1 ? hash : null);
        attempt.Progress.Total = version.Length;
        await TakeOverAsync(fetch, parts, left, cancel);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var follower = hash is not null && parts.Count > 1 ? Task.Run(() => HashInOrderAsync(file, parts, hash, stop.Token), CancellationToken.None) : Task.CompletedTask;
        Outcome? failure;
        try
        {
            failure = await FetchAllAsync(fetch, parts, opened, stop, cancel);
        }
        finally
        {
            // It ends by itself, now or at once, and must do so before file and hash go.
            await follower;
        }

        return new Transferred(
            failure,
            failure is null ? parts.Crc32C() : 0,
            failure is null ? Checksum(expected, parts, hash) : null,
            CanGoOn: failure is Outcome.Failed && parts.AreNoted);
    }

    private static byte[]? Checksum(ExpectedChecksum? expected, Parts parts, IncrementalHash? hash) => expected?.Kind switch
    {
        null => null,
        ChecksumKind.Crc32C => Crc.ToBytes(ChecksumKind.Crc32C, parts.Crc32C()),
        { } kind when Crc.Is(kind) => Crc.ToBytes(kind, parts.SourceCrc(kind)),
        _ => hash!.GetHashAndReset(),
    };

    public static HashAlgorithmName Algorithm(ChecksumKind kind) => kind switch
    {
        ChecksumKind.Sha256 => HashAlgorithmName.SHA256,
        ChecksumKind.Sha1 => HashAlgorithmName.SHA1,
        ChecksumKind.Md5 => HashAlgorithmName.MD5,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private async Task<Outcome?> FetchAllAsync(Fetch fetch, Parts parts, Opened opened, CancellationTokenSource stop, CancellationToken cancel)
    {
        var first = parts[0].Received == 0 ? opened : null;
        if (first is null)
            opened.Dispose();
        var workers = Math.Clamp(parts.Missing, 1, flow.MaxConnections);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(fetch, parts, first, stop, cancel)));
        cancel.ThrowIfCancellationRequested();
        // The one that says most: a part that merely broke off may have done so because the source is another one now.
        return outcomes.Where(o => o is not null).MinBy(o => o is Outcome.Failed ? 1 : 0);
    }

    private async Task<Outcome?> WorkAsync(Fetch fetch, Parts parts, Opened? first, CancellationTokenSource stop, CancellationToken cancel)
    {
        try
        {
            while (parts.Take() is { } part)
            {
                if (await fetcher.FetchAsync(fetch, part, part.Index == 0 ? first : null, stop.Token) is not { } failure)
                    continue;
                await stop.CancelAsync();
                return failure;
            }

            return null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>
    /// Copies what former attempts had fetched into this one's own file, as far as its bytes are still what was noted: a former
    /// writer may be alive somewhere, and must not be able to touch what will be published.
    /// </summary>
    private async Task TakeOverAsync(Fetch fetch, Parts parts, LeftBehind left, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(options.PartSize);
        try
        {
            foreach (var (salvage, record) in left.Parts)
            {
                if (parts.At(record.Offset, record.Length) is not { } part || part.Received >= record.Length || !await salvage.ReadAsync(record, buffer, cancel))
                    continue;
                var bytes = buffer.AsMemory(0, record.Length);
                if (fetch.File.Write(part.Offset, bytes.Span) == Wrote.NoSpace)
                    return;
                fetch.Attempt.Progress.Add(record.Length - part.Received);
                CopyMetrics.Salvaged(record.Length - part.Received);
                part.Reach(record.Length, record.Crc32C, fetch.SourceCrc is { } kind ? Crc.Append(kind, 0, bytes.Span) : 0);
                if (PartFetcher.Note(fetch, part) == Wrote.NoSpace)
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        left.Drop();
    }

    /// <summary>For checksums that can't be joined: reads the file behind the parts, in order, while the rest is still coming.</summary>
    private static async Task HashInOrderAsync(PartialFile file, Parts parts, IncrementalHash hash, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1024 * 1024);
        try
        {
            for (var i = 0; i < parts.Count; i++)
            {
                await parts[i].Done.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancel.IsCancellationRequested)
                    return;
                for (long done = 0; done < parts[i].Length;)
                {
                    var read = RandomAccess.Read(file.Handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, parts[i].Length - done)), parts[i].Offset + done);
                    if (read == 0)
                        throw new IOException($"the temporary file ended at {parts[i].Offset + done}, within a part that was written");
                    hash.AppendData(buffer.AsSpan(0, read));
                    done += read;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
