using System.Globalization;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.CacheFolders;

/// <summary>A sweep of a cache folder that has a tenth too much, beside what one would write into a cron table in its place.</summary>
internal sealed class CacheFoldersBenchmark(CacheFoldersOptions options, string workFolder)
{
    public const string Pipeline = "find, sort, head, xargs rm";

    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 0.2 : 0.6));

    public async Task<CacheFoldersResults> RunAsync(CancellationToken cancel)
    {
        var folder = Path.Combine(options.Below ?? Workspace.Memory, $"understudy-bench-cache-{Environment.ProcessId}");
        var empty = Directory.CreateDirectory(Path.Combine(workFolder, "empty-cache")).FullName;
        try
        {
            return await MeasureAsync(new CacheTree(Path.Combine(folder, "cache"), options.Files, TimeProvider.System.GetUtcNow().UtcDateTime), empty, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<CacheFoldersResults> MeasureAsync(CacheTree tree, string empty, CancellationToken cancel)
    {
        // The verb's low water is at 90 %; one file less than there are is the least that is over.
        var limit = tree.Files - 1;
        var left = (int)(limit * 0.9m);
        var results = new CacheFoldersResults(Machine.Here(), tree.Files, tree.Files - left) { LoadBefore = Load() };
        string[] all = ["scavenge-cache", tree.Root, "--max-files", $"{limit}", "--busy-percent"];
        (CacheFoldersWay Way, Command Command, bool Removes)[] ways =
        [
            (new("understudy, on an empty folder", "start and end alone"), new(options.Worker, ["scavenge-cache", empty, "--max-files", "1"]), false),
            (new("understudy --dry-run", "both walks, nothing removed"), new(options.Worker, [.. all, "100", "--dry-run"]), false),
            (new("understudy", "--busy-percent 100"), new(options.Worker, [.. all, "100"]), true),
            (new("understudy, paced", "--busy-percent 25, the default"), new(options.Worker, [.. all, "25"]), true),
            (new("find", "lists the tree, drops the list"), Shell($"find '{tree.Root}' -type f -printf '%A@ %s %p\\n' >/dev/null"), false),
            (new(Pipeline, null), Shell(
                $"find '{tree.Root}' -type f -printf '%A@ %s %p\\n' | sort -n | head -n {results.Removed} | cut -d' ' -f3- | xargs -d '\\n' rm"), true),
        ];
        results.Ways.AddRange(ways.Select(w => w.Way));

        Progress.Say($"makes {tree.Files:N0} files");
        tree.Fill();
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var (way, command, removes) in ways)
            {
                await _quiet.WaitAsync(cancel);
                var sample = await command.RunAsync(CacheFoldersOptions.RunLimit, cancel);
                // The first round has the folders' names read for the first time.
                if (round > 0)
                    way.Samples.Add(sample);
                Check(tree, way, removes ? left : tree.Files);
                if (removes)
                    tree.Fill();
                Progress.Say(string.Create(CultureInfo.InvariantCulture, $"round {round}: {way.Name} {sample.WallSeconds:0.00} s"));
            }
        }

        (results.Waits, results.Disturbed, results.LoadAfter) = (_quiet.Waits, _quiet.Disturbed, Load());
        return results;
    }

    // Without pipefail: sort complains when head has enough.
    private static Command Shell(string line) => new("/bin/bash", ["-c", line]);

    private static void Check(CacheTree tree, CacheFoldersWay way, int left)
    {
        if (tree.Count() is var there && there != left)
            throw new BenchException($"{way.Name} left {there:N0} files where {left:N0} should have stayed");
        // A tenth is what is older than 54 of 60 days; ours is exact to 7 % of that.
        if (left < tree.Files && tree.Oldest() > TimeSpan.FromDays(54 * 1.08))
            throw new BenchException($"{way.Name} left a file that had not been used for {tree.Oldest().TotalDays:0} days");
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
