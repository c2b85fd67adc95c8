using Understudy.Hosting;
using Understudy.Schedules;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>Keeps Cantaloupe's cache folders within their budgets, one after the other.</summary>
internal sealed class CacheFolderJob(ScavengingOptions options, TimeProvider time, ILogger<CacheFolderSweep> log) : IJob
{
    public const string JobName = "cachefolders";

    public string Name => JobName;

    public string DefaultCron => "15 * * * *";

    public string Description => "Keeps Cantaloupe's cache folders (Scavenging:CacheFolders) within their budgets";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        // Which folder it is at, and where in there.
        var (at, inside) = run.Checkpoint?.Split('\n', 2) is [var place, var rest] && options.CacheFolders.FindIndex(f => f.Root == place) is >= 0 and var known ? (known, rest) : (0, null);
        var notes = new List<string>();
        for (; at < options.CacheFolders.Count; at++, inside = null)
        {
            var folder = options.CacheFolders[at];
            var done = at;
            var result = await Task.Run(() => new CacheFolderSweep(folder, dryRun: false, time, log).RunAsync(
                inside,
                (checkpoint, progress, fraction) => run.NoteAsync($"{folder.Root}\n{checkpoint}", $"{folder.Root}: {progress}", (done + (fraction ?? 0)) / options.CacheFolders.Count),
                cancel), cancel);
            notes.Add($"{folder.Root}: {result.RemovedFiles} of {result.Files} files removed, {new ByteSize(result.RemovedBytes)} of {new ByteSize(result.Bytes)}");
            if (result.CutShort is { } why)
                return new JobOutcome.Failed($"{folder.Root}: {why}");
        }

        return new JobOutcome.Done(string.Join("; ", notes));
    }
}
