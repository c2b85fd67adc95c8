using Understudy.Copying.Checksums;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>
/// A source's first answer tells its version and its format, and brings the first part (most files' only one), all with one
/// request. It is tried as often as any part.
/// </summary>
internal sealed class Opening(SourceReader reader, CopyOptions options, TimeProvider time)
{
    // Enough for every format's mark.
    private const int Enough = 16;

    /// <returns>Either the answer with its first bytes, which is the caller's to dispose, or why there is none.</returns>
    public async Task<(Opened? Opened, Reading Reading)> OpenAsync(Attempt attempt, SourceObject source, Condition condition, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var (opened, reading) = await reader.AskAsync(attempt, source, 0, options.PartSize, condition, cancel);
            if (opened is { } answer)
                (opened, reading) = await PeekAsync(source, answer, cancel);
            if (reading is not Reading.Unavailable || !await reader.MayTryAgainAsync(tries, cancel))
                return (opened, reading);
        }
    }

    /// <summary>What the source says its bytes amount to: null where it doesn't say, an outcome where that couldn't be learnt.</summary>
    public async Task<(ExpectedChecksum? Expected, Outcome? Failure)> FindChecksumAsync(SourceObject source, Reading.Body opened, CancellationToken cancel)
    {
        // S3 leaves its stored checksum out of answers for a range (ceph#61901, minio#17105). A HEAD brings it: worth it where there
        // is no other proof, and for a large file, where it is cheaper than the MD5.
        var isWanted = opened.Checksum is null || opened.Checksum.Kind == ChecksumKind.Md5 && opened.Length < opened.Version.Length;
        if (!isWanted || !opened.MayKeepMore)
            return (opened.Checksum, null);

        for (var tries = 1; ; tries++)
        {
            var reading = await reader.WaitAsync(source, token => source.FindChecksumAsync(opened.Version, token), cancel);
            if (reading is Reading.Sum(var checksum))
                return (checksum ?? opened.Checksum, null);
            if (!await reader.MayTryAgainAsync(tries, cancel))
                return (opened.Checksum, opened.Checksum is null ? new Outcome.Failed($"the source's checksum can't be learnt: {Faults.Reason(Readings.ToOutcome(reading))}") : null);
        }
    }

    private async Task<(Opened? Opened, Reading Reading)> PeekAsync(SourceObject source, Opened opened, CancellationToken cancel)
    {
        var first = new byte[(int)Math.Min(Enough, opened.Body.Length)];
        using var patience = new Patience(options.StallTimeout, time, cancel);
        try
        {
            await opened.Body.Stream.ReadExactlyAsync(first, patience.Token);
            return (opened with { First = first }, opened.Body);
        }
        catch (Exception e) when (patience.IsOver || e is IOException or HttpRequestException)
        {
            opened.Slot.Finished(TimeSpan.Zero, 0, FetchOutcome.Failed);
            opened.Dispose();
            return (null, new Reading.Unavailable($"{source.Uri}: its first bytes didn't come: {(patience.IsOver ? $"no answer for {options.StallTimeout}" : e.Message)}"));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }
}
