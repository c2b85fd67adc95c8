using System.Diagnostics;
using Understudy.Bench.Contenders;
using Understudy.Bench.Data;
using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Copy;

/// <summary>Lets the tools bring the same sets into a folder, in turns, and keeps what each run took.</summary>
internal sealed class CopyBenchmark(CopyOptions options, string workFolder)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 5 : 20));

    private bool TimeIsUp => Stopwatch.GetElapsedTime(_started) > options.Limit;

    public async Task<CopyResults> RunAsync(CancellationToken cancel)
    {
        var executable = Nginx.Executable ?? throw new BenchException("nginx is not installed: apt-get install nginx-light");
        var installed = await InstalledTool.FindAsync(cancel);
        var data = MakeData();
        var shown = installed.Values.Where(t => options.Tools.Contains(t.Name)).ToArray();
        var results = new CopyResults(Machine.Here(), shown, await WorkerVersionAsync(cancel), data.InMemory ? "tmpfs" : "disk");
        results.Notes.AddRange(options.Tools.Where(t => t != UnderstudyContender.ToolName && !installed.ContainsKey(t))
            .Select(t => $"{t} is not installed here and was left out."));

        await using var nginx = await Nginx.StartAsync(executable, data, workFolder, cancel);
        foreach (var destination in Destinations())
        {
            foreach (var speed in options.Speeds.Where(_ => options.Sets.Count > 0))
            {
                var s3 = speed == CopyOptions.Limited ? nginx.Limited : nginx.Unlimited;
                await ConfigurationAsync(new PeerContext(installed, data, s3, destination.Folder, workFolder), speed, destination.Name, results, cancel);
            }
        }

        if (options.WithLatency && !TimeIsUp)
            await LatencyAsync(new Latency(options, nginx.Unlimited, Destinations()[0].Folder, workFolder), results, cancel);
        (results.Waits, results.Disturbed) = (_quiet.Waits, _quiet.Disturbed);
        if (TimeIsUp)
            results.Failures.Add($"The time of {options.Limit.TotalMinutes:0} minutes was up before everything was measured.");
        return results;
    }

    private async Task<string> WorkerVersionAsync(CancellationToken cancel)
    {
        if (options.Worker != CopyOptions.BuiltWorker(options.Repository))
            return Path.GetFileName(options.Worker);
        var git = Programs.Find("git");
        return git is null ? "this checkout"
            : (await new Command(git, ["-C", options.Repository, "describe", "--always", "--dirty"]).OutputAsync(TimeSpan.FromSeconds(10), cancel)).Trim();
    }

    private DataFolder MakeData()
    {
        DataSet[] sets = [.. options.WithLatency ? DataSet.Copied : options.Sets, DataSet.Trickle];
        var data = DataFolder.Choose(options.Repository, sets);
        Progress.Say($"data sets in {data.Root}");
        foreach (var set in sets)
            data.Make(set);
        return data;
    }

    private List<(string Name, string Folder)> Destinations()
    {
        var folders = new List<(string, string)> { ("tmpfs", Path.Combine(Workspace.Memory, Path.GetFileName(workFolder))) };
        if (options.Disk)
            folders.Add(("disk", Path.Combine(workFolder, "destination")));
        return folders;
    }

    private async Task ConfigurationAsync(PeerContext context, string speed, string destination, CopyResults results, CancellationToken cancel)
    {
        List<IContender> contenders = [.. Peers.Of(context).Where(c => options.Tools.Contains(c.Tool))];
        await using var worker = options.WithUnderstudy ? await StartWorkerAsync(context, results, cancel) : null;
        if (worker is not null)
            contenders.Add(new UnderstudyContender(worker, StoreRoot(context)));

        foreach (var set in options.Sets)
        {
            var cell = new Cell(set, speed, destination, [.. contenders.Where(c => c.Takes(set)).Select(c => new Rounds(c.Tool, c.Name, []))]);
            results.Cells.Add(cell);
            await RoundsAsync(cell, contenders, context.Data, results, cancel);
        }
    }

    private async Task RoundsAsync(Cell cell, List<IContender> contenders, DataFolder data, CopyResults results, CancellationToken cancel)
    {
        var taking = contenders.Where(c => c.Takes(cell.Set)).ToList();
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var contender in taking.ToArray())
            {
                if (TimeIsUp)
                    return;
                try
                {
                    var sample = await OneAsync(contender, cell, data, cancel);
                    Progress.Say($"{cell.Set.Name}, {cell.Speed}, {cell.Destination}, round {round}: {contender.Name} {sample.WallSeconds:0.00} s");
                    if (round > 0)
                        cell.Contenders.Single(c => c.Name == contender.Name).Samples.Add(sample);
                }
                catch (BenchException failed)
                {
                    results.Failures.Add($"{contender.Name} with {cell.Set.Title} ({cell.Speed}, {cell.Destination}), round {round}: {failed.Message}");
                    taking.Remove(contender);
                }
            }
        }
    }

    private async Task<Sample> OneAsync(IContender contender, Cell cell, DataFolder data, CancellationToken cancel)
    {
        Directory.CreateDirectory(contender.Folder);
        Workspace.Empty(contender.Folder);
        await _quiet.WaitAsync(cancel);
        var sample = await contender.RunAsync(cell.Set, CopyOptions.RunLimit, cancel);
        if (cell.Destination == "disk")
        {
            var ended = Stopwatch.GetTimestamp();
            Native.SyncFileSystem(contender.Folder);
            sample = sample with { SyncSeconds = Stopwatch.GetElapsedTime(ended).TotalSeconds };
        }

        if (Verification.Error(data, cell.Set, contender.Folder) is { } wrong)
            throw new BenchException($"what it copied is wrong: {wrong}");
        Workspace.Empty(contender.Folder);
        return sample;
    }

    private static async Task LatencyAsync(Latency latency, CopyResults results, CancellationToken cancel)
    {
        try
        {
            await latency.MeasureAsync(results, cancel);
        }
        catch (BenchException failed)
        {
            results.Failures.Add($"latency: {failed.Message}");
        }
    }

    private async Task<WorkerService?> StartWorkerAsync(PeerContext context, CopyResults results, CancellationToken cancel)
    {
        try
        {
            var worker = await WorkerService.StartAsync(options.Worker, context.S3, StoreRoot(context), workFolder, cancel);
            results.WorkerReadySeconds.Add(worker.ReadyAfter.TotalSeconds);
            return worker;
        }
        catch (BenchException failed)
        {
            results.Failures.Add(failed.Message);
            return null;
        }
    }

    private static string StoreRoot(PeerContext context) => Path.Combine(context.Destination, "store");
}
