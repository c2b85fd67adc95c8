using System.Runtime.InteropServices;
using System.Text.Json;
using Understudy.Bench;
using Understudy.Bench.CacheFolders;
using Understudy.Bench.Copy;
using Understudy.Bench.Dashboard;
using Understudy.Bench.Evict;
using Understudy.Bench.Intake;
using Understudy.Bench.Purge;
using Understudy.Bench.Reconcile;
using Understudy.Bench.Scavenge;
using Understudy.Bench.Warm;

// bench/run builds this, installs what it needs, and calls it: --repository FOLDER BENCHMARK [options].
if (args is not ["--repository", var repository, "copy" or "intake" or "warm" or "purge" or "cachefolders" or "evict" or "scavenge" or "reconcile" or "dashboard", .. var rest])
{
    Console.Error.WriteLine("bench: call it by bench/run");
    return 2;
}

Func<string, CancellationToken, Task<Outcome>> benchmark;
try
{
    benchmark = args[2] switch
    {
        "copy" => Copying(CopyOptions.Parse(repository, rest)),
        "intake" => TakingIn(IntakeOptions.Parse(repository, rest)),
        "cachefolders" => Scavenging(CacheFoldersOptions.Parse(repository, rest)),
        "scavenge" => MakingRoom(ScavengeOptions.Parse(repository, rest)),
        "reconcile" => Reconciling(ReconcileOptions.Parse(repository, rest)),
        "dashboard" => Showing(DashboardBenchmarkOptions.Parse(repository, rest)),
        "evict" => Evicting(EvictOptions.Parse(rest)),
        "warm" => Warming(WarmOptions.Parse(repository, rest)),
        _ => Purging(PurgeBenchmarkOptions.Parse(repository, rest)),
    };
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"bench: {wrong.Message}; see bench/run {args[2]} --help");
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    using var workspace = new Workspace();
    var results = await benchmark(workspace.Folder, interrupted.Token);
    Write(results.Out, results.Page);
    if (results.Json is not null)
        Write(results.Json, JsonSerializer.Serialize(results.Figures, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
    foreach (var failure in results.Failures)
        Progress.Say(failure);
    return results.Failures.Count == 0 ? 0 : 1;
}
catch (BenchException failed)
{
    Progress.Say(failed.Message);
    return 1;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Progress.Say("interrupted; everything that was started has ended");
    return 130;
}

void Stop(PosixSignalContext signal)
{
    // The process ends when its servers have.
    signal.Cancel = true;
    interrupted.Cancel();
}

static Func<string, CancellationToken, Task<Outcome>> Copying(CopyOptions options) => async (folder, cancel) =>
{
    var results = await new CopyBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(CopyReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static Func<string, CancellationToken, Task<Outcome>> TakingIn(IntakeOptions options) => async (folder, cancel) =>
{
    var results = await new IntakeBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(IntakeReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static Func<string, CancellationToken, Task<Outcome>> Warming(WarmOptions options) => async (folder, cancel) =>
{
    var results = await new WarmBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(WarmReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static Func<string, CancellationToken, Task<Outcome>> Scavenging(CacheFoldersOptions options) => async (folder, cancel) =>
{
    var results = await new CacheFoldersBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(CacheFoldersReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static Func<string, CancellationToken, Task<Outcome>> MakingRoom(ScavengeOptions options) => async (folder, cancel) =>
{
    var results = await new ScavengeBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(ScavengeReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static Func<string, CancellationToken, Task<Outcome>> Reconciling(ReconcileOptions options) => async (folder, cancel) =>
{
    var results = await new ReconcileBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(ReconcileReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static Func<string, CancellationToken, Task<Outcome>> Evicting(EvictOptions options) => (_, cancel) => Task.Run(() =>
{
    var results = new EvictBenchmark(options).Run(cancel);
    return new Outcome(EvictReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
});
static Func<string, CancellationToken, Task<Outcome>> Showing(DashboardBenchmarkOptions options) => async (folder, cancel) =>
{
    var results = await new DashboardBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(DashboardReport.Markdown(results), results, results.Failures, options.Out, options.Json);
};
static Func<string, CancellationToken, Task<Outcome>> Purging(PurgeBenchmarkOptions options) => async (folder, cancel) =>
{
    var results = await new PurgeBenchmark(options, folder).RunAsync(cancel);
    return new Outcome(PurgeReport.Markdown(results, options), results, results.Failures, options.Out, options.Json);
};

static void Write(string? file, string text)
{
    if (file is null)
        Console.Write(text);
    else
        File.WriteAllText(file, text);
}
