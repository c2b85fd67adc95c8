using System.Runtime.InteropServices;
using System.Text.Json;
using Understudy.Bench;
using Understudy.Bench.Copy;

// bench/run builds this, installs what it needs, and calls it: --repository FOLDER BENCHMARK [options].
if (args is not ["--repository", var repository, "copy", .. var rest])
{
    Console.Error.WriteLine("bench: call it by bench/run");
    return 2;
}

CopyOptions options;
try
{
    options = CopyOptions.Parse(repository, rest);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"bench: {wrong.Message}; see bench/run copy --help");
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    using var workspace = new Workspace();
    var results = await new CopyBenchmark(options, workspace.Folder).RunAsync(interrupted.Token);
    Write(options.Out, CopyReport.Markdown(results, options));
    if (options.Json is not null)
        Write(options.Json, JsonSerializer.Serialize(results, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
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

static void Write(string? file, string text)
{
    if (file is null)
        Console.Write(text);
    else
        File.WriteAllText(file, text);
}
