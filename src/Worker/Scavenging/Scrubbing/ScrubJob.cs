using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Understudy.Copying.Checksums;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Scavenging.CacheFolders;
using Understudy.Schedules;

namespace Understudy.Scavenging.Scrubbing;

/// <summary>
/// Reads copies again and holds them against their checksums, the oldest check first, as many bytes as a night may have. Where the last run ended the next one
/// goes on by that order alone; the checkpoint says only what this night has had already.
/// </summary>
internal sealed partial class ScrubJob(Rot rot, StoreFolder store, ScavengingOptions options, TimeProvider time, ILogger<ScrubJob> log) : IJob
{
    private const int AtOnce = 100;
    private const int BusyPercent = 25;

    // A file that can't be read is that file's trouble, so many one after the other are the store's.
    private const int MostUnreadable = 10;

    public const string JobName = "scrub";

    public string Name => JobName;

    public string DefaultCron => "0 1 * * *";

    public string Description => "Reads copies again, the oldest check first, and has those copied again that don't match their checksums";

    /// <summary>Lets a test change the store before a file is judged.</summary>
    internal Func<StoredCopy, Task> BeforeVerdict { get; init; } = static _ => Task.CompletedTask;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        _ = long.TryParse(run.Checkpoint, NumberStyles.None, CultureInfo.InvariantCulture, out var read);
        var (sound, rotten, left, unreadable, inRow) = (0, 0, 0, 0, 0);
        var pace = new Pace(BusyPercent, time);
        StoredCopy? behind = null;
        while (await rot.NextAsync(behind, run.Due, AtOnce, cancel) is { Count: > 0 } copies)
        {
            foreach (var copy in copies)
            {
                if (read > 0 ? read + copy.Bytes > options.ScrubBytes.Bytes : options.ScrubBytes.Bytes == 0)
                    return new JobOutcome.Done($"{Tally()}; its bytes for this time are used up");
                behind = copy;
                if (copy.IsBusy)
                {
                    left++;
                    continue;
                }

                try
                {
                    if (UsedInSilence(copy) is { } used)
                        await rot.UsedAsync(copy, used, cancel);
                    var found = await SumAsync(copy, pace, cancel);
                    read += found?.Bytes ?? 0;
                    switch (await JudgeAsync(copy, found, cancel))
                    {
                        case true: sound++; break;
                        case false: rotten++; break;
                        default: left++; break;
                    }

                    inRow = 0;
                }
                catch (IOException e)
                {
                    unreadable++;
                    ScrubMetrics.Looked("unreadable");
                    LogUnreadable(copy.Id, e.Message);
                    // Else it, and nine more, would stand before all others for ever.
                    await rot.CheckedAsync(copy, cancel);
                    if (++inRow == MostUnreadable)
                        return new JobOutcome.Failed($"{Tally()}; the store can't be read: {e.Message}");
                }

                await run.NoteAsync(read.ToString(CultureInfo.InvariantCulture), Tally(), Math.Min(1, read / (double)options.ScrubBytes.Bytes));
            }
        }

        return new JobOutcome.Done($"{Tally()}; all were checked");

        string Tally() => string.Create(CultureInfo.InvariantCulture, $"{new ByteSize(read)} read: {sound} copies are sound, {rotten} rotten, {unreadable} unreadable; {left} left alone");
    }

    /// <returns>Whether it is sound; null: it isn't, and rightly so.</returns>
    private async Task<bool?> JudgeAsync(StoredCopy copy, FileSum? found, CancellationToken cancel)
    {
        await BeforeVerdict(copy);
        var wanted = new FileSum(copy.Bytes, copy.Crc32C);
        if (found == wanted)
        {
            await rot.CheckedAsync(copy, cancel);
            ScrubMetrics.Looked("sound");
            return true;
        }

        var has = found is { } sum ? $"its file has {sum}" : "its file isn't there";
        if (!await rot.RottenAsync(copy, $"{has}, the copy has {wanted}", cancel))
            return null;
        ScrubMetrics.Looked("rotten");
        LogRotten(copy.Id, has, wanted);
        return false;
    }

    /// <summary>Where it can't be read unseen, its reading is all that its times show afterwards.</summary>
    private DateTimeOffset? UsedInSilence(StoredCopy copy) =>
        StorePath.Parse(copy.Path) is PathResult.Resolved(var path) && store.TimesOf(path) is { } times ? SilentUse.Find(times, copy.Bytes, copy.UsedAt, copy.CheckedAt, copy.Now) : null;

    /// <returns>null: there is no such file.</returns>
    private async Task<FileSum?> SumAsync(StoredCopy copy, Pace pace, CancellationToken cancel)
    {
        using var file = StorePath.Parse(copy.Path) is PathResult.Resolved(var path) ? store.OpenUnseen(path) : null;
        return file is null ? null : await Task.Run(() => SumAsync(file, pace, cancel), cancel);
    }

    private static async Task<FileSum?> SumAsync(SafeFileHandle file, Pace pace, CancellationToken cancel)
    {
        var sum = default(FileSum);
        foreach (var piece in FilePieces.Of(file))
        {
            sum = new(sum.Bytes + piece.Length, Crc32C.Append(sum.Crc32C, piece.Span));
            ScrubMetrics.Read(piece.Length);
            await pace.RestAsync(cancel);
        }

        return sum;
    }

    [LoggerMessage(390, LogLevel.Error, "{Asset} is rotten: {Has}, the copy has {Wanted}; it is copied again")]
    private partial void LogRotten(string asset, string has, FileSum wanted);

    [LoggerMessage(391, LogLevel.Warning, "{Asset} can't be read to be checked: {Reason}")]
    private partial void LogUnreadable(string asset, string reason);
}
