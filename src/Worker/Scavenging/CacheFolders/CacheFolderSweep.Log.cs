using Understudy.Hosting;

namespace Understudy.Scavenging.CacheFolders;

internal sealed partial class CacheFolderSweep
{
    private void Say(SweepResult result, long files, long bytes)
    {
        if (result.Finished)
            LogSwept(folder.Root, result.Files, new(result.Bytes), result.RemovedFiles, new(result.RemovedBytes), dryRun);
        else
            LogCutShort(folder.Root, result.CutShort!);
        if (result.Faults > 0)
            LogRefused(folder.Root, result.Faults, string.Join("; ", result.Examples));
        if (result.Finished && !result.WithinBudget && !dryRun)
            LogOver(folder.Root, files, new(bytes));
        if (result.UnusedSince is not null && result.AccessTimes == AccessTimes.NotKept)
            LogNoAccessTimes(folder.Root);
    }

    [LoggerMessage(350, LogLevel.Information, "{Root} was swept: {Files} files, {Bytes}; removed {RemovedFiles}, {RemovedBytes} (dry run: {DryRun})")]
    private partial void LogSwept(string root, long files, ByteSize bytes, long removedFiles, ByteSize removedBytes, bool dryRun);

    [LoggerMessage(351, LogLevel.Warning, "The sweep of {Root} was cut short: {Reason}")]
    private partial void LogCutShort(string root, string reason);

    [LoggerMessage(352, LogLevel.Warning, "{Root}: the file system refused {Faults} times, such as: {Examples}")]
    private partial void LogRefused(string root, long faults, string examples);

    [LoggerMessage(353, LogLevel.Warning, "{Root} is over its budget with {Files} files, {Bytes}, though all is gone that may: the rest is younger than MinAge, being written, or can't be deleted")]
    private partial void LogOver(string root, long files, ByteSize bytes);

    [LoggerMessage(354, LogLevel.Warning, "{Root}: its file system keeps no access times, so the files that went were those written first, used or not")]
    private partial void LogNoAccessTimes(string root);
}
