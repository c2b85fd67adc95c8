using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Understudy.Bench.Measuring;
using Understudy.Bench.Purge;
using Understudy.Contracts;

namespace Understudy.Bench.Scavenge;

/// <summary>The least recently used tenth of a store goes: by the worker, by what one would write in its place, and by nothing but the removals.</summary>
internal sealed class ScavengeBenchmark(ScavengeOptions options, string workFolder)
{
    public const string Pipeline = "find, sort, head, xargs rm";
    public const string Ours = "understudy";

    // Of copies that only the catalogue knows.
    private const int KnownBytes = 1_000;

    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 0.2 : 0.6));

    public async Task<ScavengeResults> RunAsync(CancellationToken cancel)
    {
        var results = new ScavengeResults(Machine.Here(), options.Files * options.Percent / 100) { LoadBefore = Load() };
        await PartAsync(ScavengeOptions.Tree, results, () => TreeAsync(results, cancel), cancel);
        await PartAsync(ScavengeOptions.Choose, results, () => ChooseAsync(results, cancel), cancel);
        (results.Waits, results.Disturbed, results.LoadAfter) = (_quiet.Waits, _quiet.Disturbed, Load());
        return results;
    }

    private async Task TreeAsync(ScavengeResults results, CancellationToken cancel)
    {
        var folder = Path.Combine(options.Below ?? Workspace.Memory, $"understudy-bench-store-{Environment.ProcessId}");
        try
        {
            var tree = new StoreTree(Path.Combine(Directory.CreateDirectory(folder).FullName, "store"), options.Files, TimeProvider.System.GetUtcNow().UtcDateTime);
            var left = tree.Files - results.Removed;
            Progress.Say($"makes {tree.Files:N0} files");
            tree.Fill();
            await using var worker = await EvictingWorker.StartAsync(options.Worker, tree.Root, (long)left * StoreTree.Bytes, workFolder, cancel);
            var statements = options.Statements ? await StatementTimes.WatchAsync(worker.Service, cancel) : null;
            (ScavengeWay Way, Func<Task<ScavengeSample>> Run)[] ways =
            [
                (new("unlink", "a loop over the names, known beforehand: the limit"), () => Task.FromResult(Unlink(tree, results.Removed))),
                (new("rename", "the same into one folder, as production does, and then unlink"), () => Task.FromResult(Rename(tree, results.Removed, Path.Combine(folder, "aside")))),
                (new("find", "lists the tree, drops the list"), () => CommandAsync($"{Find(tree)} >/dev/null", cancel)),
                (new(Pipeline, null), () => CommandAsync($"{Find(tree)} | sort -n | head -n {results.Removed} | cut -d' ' -f2- | xargs -d '\\n' rm", cancel)),
                (new(Ours, "moved aside, recorded; then deleted by the sweep"), () => EvictAsync(worker, tree, left, statements, results, cancel)),
            ];
            results.Ways.AddRange(ways.Select(w => w.Way));
            for (var round = 0; round <= options.Rounds; round++)
            {
                foreach (var (way, run) in ways)
                {
                    await _quiet.WaitAsync(cancel);
                    var sample = await run();
                    // The first round compiles, and reads the folders' names for the first time.
                    if (round > 0)
                        way.Samples.Add(sample);
                    Check(tree, way, way.Name == "find" ? tree.Files : left);
                    tree.Fill();
                    Progress.Say(string.Create(CultureInfo.InvariantCulture, $"round {round}: {way.Name} {sample.Seconds:0.00} s, deleted {sample.DeletedSeconds ?? sample.Seconds:0.00} s"));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ScavengeSample> EvictAsync(EvictingWorker worker, StoreTree tree, int left, StatementTimes? statements, ScavengeResults results, CancellationToken cancel)
    {
        await KnownStore.FillAsync(worker.Catalogue, tree, cancel);
        if (statements is not null)
            await statements.ForgetAsync(cancel);
        var (cpu, catalogueCpu) = (worker.Service.Process.CpuSeconds, worker.Service.Catalogue?.FamilyCpuSeconds);
        var aside = await worker.EvictAsync(left, cancel);
        if (statements is not null)
        {
            results.Statements.Clear();
            results.Statements.AddRange(await statements.ReadAsync(cancel));
            (results.StatementCalls, _) = await statements.SumAsync(cancel);
        }

        var (deleted, _) = await worker.RunAsync("sweep", cancel);
        return new ScavengeSample(aside.TotalSeconds, (aside + deleted).TotalSeconds, worker.Service.Process.CpuSeconds - cpu, worker.Service.Catalogue?.FamilyCpuSeconds - catalogueCpu);
    }

    private async Task ChooseAsync(ScavengeResults results, CancellationToken cancel)
    {
        var left = options.Copies - (options.Copies * options.Percent / 100);
        var store = Directory.CreateDirectory(Path.Combine(workFolder, "empty-store")).FullName;
        await using var worker = await EvictingWorker.StartAsync(options.Worker, store, (long)left * KnownBytes, workFolder, cancel);
        var statements = await StatementTimes.WatchAsync(worker.Service, cancel);
        for (var round = 0; round <= options.Rounds; round++)
        {
            Progress.Say($"writes {options.Copies:N0} copies into the catalogue");
            await KnownStore.GenerateAsync(worker.Catalogue, options.Copies, KnownBytes, cancel);
            await StepAsync("choosing (a dry run)", async () =>
            {
                if ((await worker.Service.Client.ScavengeAsync(dryRun: true, cancel)).Copies is var copies && copies != options.Copies - left)
                    throw new BenchException($"{copies} copies would go, where {options.Copies - left} are to");
            });
            await StepAsync("choosing, a plan and a settlement each, without files", () => worker.EvictAsync(left, cancel));

            async Task StepAsync(string step, Func<Task> work)
            {
                await _quiet.WaitAsync(cancel);
                await statements.ForgetAsync(cancel);
                var started = Stopwatch.GetTimestamp();
                await work();
                var took = Stopwatch.GetElapsedTime(started);
                var (calls, seconds) = await statements.SumAsync(cancel);
                Progress.Say(string.Create(CultureInfo.InvariantCulture, $"round {round}: {step} {took.TotalSeconds:0.0} s, {calls:N0} statements"));
                if (round > 0)
                    results.Choices.Add(new ChooseSample(step, took.TotalSeconds, calls, seconds));
                if (!options.Only.Contains(ScavengeOptions.Tree))
                {
                    results.Statements.Clear();
                    results.Statements.AddRange(await statements.ReadAsync(cancel));
                }
            }
        }
    }

    private static ScavengeSample Unlink(StoreTree tree, int count)
    {
        string[] paths = [.. tree.Oldest.Take(count).Select(tree.PathOf)];
        var started = Stopwatch.GetTimestamp();
        foreach (var path in paths)
            File.Delete(path);
        return new ScavengeSample(Stopwatch.GetElapsedTime(started).TotalSeconds, null, null, null);
    }

    private static ScavengeSample Rename(StoreTree tree, int count, string aside)
    {
        Directory.CreateDirectory(aside);
        (string From, string To)[] paths = [.. tree.Oldest.Take(count).Select(i => (tree.PathOf(i), Path.Combine(aside, $"{i}")))];
        var started = Stopwatch.GetTimestamp();
        foreach (var (from, to) in paths)
        {
#pragma warning disable RS0030 // This store is the benchmark's own, and without it File.Move is a link and an unlink.
            File.Move(from, to, overwrite: true);
#pragma warning restore RS0030
        }

        var moved = Stopwatch.GetElapsedTime(started);
        foreach (var (_, to) in paths)
            File.Delete(to);
        return new ScavengeSample(moved.TotalSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds, null, null);
    }

    private static async Task<ScavengeSample> CommandAsync(string line, CancellationToken cancel)
    {
        // Without pipefail: sort complains when head has enough.
        var sample = await new Command("/bin/bash", ["-c", line]).RunAsync(ScavengeOptions.RunLimit, cancel);
        return new ScavengeSample(sample.WallSeconds, null, sample.CpuSeconds, null);
    }

    private static string Find(StoreTree tree) => $"find '{tree.Root}' -name .understudy -prune -o -type f -printf '%A@ %p\\n'";

    private static void Check(StoreTree tree, ScavengeWay way, int left)
    {
        if (tree.Count() is var there && there != left)
            throw new BenchException($"{way.Name} left {there:N0} files where {left:N0} should have stayed");
        if (left < tree.Files && tree.Oldest.Take(tree.Files - left).Count(i => File.Exists(tree.PathOf(i))) is > 0 and var others)
            throw new BenchException($"{way.Name} took {others} files that were used later than others that stayed");
    }

    private async Task PartAsync(string name, ScavengeResults results, Func<Task> part, CancellationToken cancel)
    {
        if (!options.Only.Contains(name))
            return;
        try
        {
            await part();
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is BenchException or HttpRequestException or NpgsqlException or UnderstudyException or IOException)
        {
            results.Failures.Add($"{name}: {failed.Message}");
        }
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
