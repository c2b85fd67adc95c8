using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Understudy.Bench.Measuring;
using Understudy.Bench.Purge;
using Understudy.Bench.Scavenge;
using Understudy.Contracts;

namespace Understudy.Bench.Reconcile;

/// <summary>A store that the catalogue knows nothing of: adopted, looked through again, and adopted by a worker that is killed half-way.</summary>
internal sealed class ReconcileBenchmark(ReconcileOptions options, string workFolder)
{
    public const string Find = "find -printf";
    public const string First = "understudy, first pass (adopts)";
    public const string Second = "understudy, second pass (nothing to do)";

    private const string Job = "reconcile";

    private static readonly TimeSpan FindLimit = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 0.2 : 0.6));

    public async Task<ReconcileResults> RunAsync(CancellationToken cancel)
    {
        var results = new ReconcileResults(Machine.Here()) { LoadBefore = Load() };
        var folder = Path.Combine(options.Below ?? Workspace.Memory, $"understudy-bench-adopt-{Environment.ProcessId}");
        try
        {
            await PassesAsync(results, Path.Combine(folder, "few"), Math.Max(500, options.Files / 10), 1, isKilled: false, cancel);
            await PassesAsync(results, Path.Combine(folder, "all"), options.Files, options.Rounds, isKilled: true, cancel);
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is BenchException or HttpRequestException or NpgsqlException or UnderstudyException or IOException)
        {
            results.Failures.Add(failed.Message);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        (results.Waits, results.Disturbed, results.LoadAfter) = (_quiet.Waits, _quiet.Disturbed, Load());
        return results;
    }

    private async Task PassesAsync(ReconcileResults results, string folder, int files, int rounds, bool isKilled, CancellationToken cancel)
    {
        var tree = new StoreTree(Path.Combine(Directory.CreateDirectory(folder).FullName, "store"), files, TimeProvider.System.GetUtcNow().UtcDateTime);
        Progress.Say($"makes {files:N0} files");
        tree.Fill();
        await using var worker = await EvictingWorker.StartAsync(options.Worker, tree.Root, 100L << 30, workFolder, cancel);
        var statements = options.Statements && isKilled ? await StatementTimes.WatchAsync(worker.Service, cancel) : null;
        for (var round = 0; round < rounds; round++)
        {
            await _quiet.WaitAsync(cancel);
            var found = await new Command("/bin/bash", ["-c", $"find '{tree.Root}' -type f -printf '%A@ %s %p\\n' >/dev/null"]).RunAsync(FindLimit, cancel);
            Took(results, new PassSample(Find, files, found.WallSeconds, found.CpuSeconds, null, found.PeakBytes, null));
            await KnownStore.ForgetAsync(worker.Catalogue, cancel);
            if (statements is not null)
                await statements.ForgetAsync(cancel);
            Took(results, await PassAsync(worker, First, files, $"{files} files: 0 known, {files} adopted", cancel));
            if (statements is not null)
            {
                results.Statements.Clear();
                results.Statements.AddRange(await statements.ReadAsync(cancel));
            }

            Took(results, await PassAsync(worker, Second, files, $"{files} files: {files} known, 0 adopted", cancel));
        }

        if (isKilled)
            results.Killed = await KilledAsync(worker, files, cancel);
    }

    private async Task<PassSample> PassAsync(EvictingWorker worker, string pass, int files, string wanted, CancellationToken cancel)
    {
        await _quiet.WaitAsync(cancel);
        var process = worker.Service.Process;
        process.ForgetPeak();
        var (cpu, catalogueCpu, idle) = (process.CpuSeconds, worker.Service.Catalogue?.FamilyCpuSeconds, process.ResidentBytes);
        var (took, note) = await worker.RunAsync(Job, cancel);
        return note?.StartsWith(wanted, StringComparison.Ordinal) == true
            ? new PassSample(pass, files, took.TotalSeconds, process.CpuSeconds - cpu, worker.Service.Catalogue?.FamilyCpuSeconds - catalogueCpu, process.PeakResidentBytes, idle)
            : throw new BenchException($"{pass}: {note}");
    }

    private static async Task<KilledPass> KilledAsync(EvictingWorker worker, int files, CancellationToken cancel)
    {
        await KnownStore.ForgetAsync(worker.Catalogue, cancel);
        var started = Stopwatch.GetTimestamp();
        await worker.Service.Client.RunScheduleAsync(Job, cancel);
        while (await AdoptedAsync(worker, cancel) < files / 2)
            await Task.Delay(Look, TimeProvider.System, cancel);
        var before = Stopwatch.GetElapsedTime(started);
        var progress = (await worker.ViewAsync(Job, cancel)).Running?.Progress;
        await worker.Service.KillAndStartAsync(cancel);
        started = Stopwatch.GetTimestamp();
        for (; ; await Task.Delay(Look, TimeProvider.System, cancel))
        {
            if (await worker.ViewAsync(Job, cancel) is { Running: null, Wanted: false, Last: { Outcome: RunOutcome.Done } last } && last.EndedAt > last.StartedAt && await AdoptedAsync(worker, cancel) == files)
                return new KilledPass(before.TotalSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds, progress, last.Note);
        }
    }

    private static async Task<long> AdoptedAsync(EvictingWorker worker, CancellationToken cancel)
    {
        await using var command = worker.Catalogue.CreateCommand("select copies as bench from store");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static void Took(ReconcileResults results, PassSample sample)
    {
        results.Passes.Add(sample);
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{sample.Pass}, {sample.Files:N0} files: {sample.Seconds:0.0} s"));
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
