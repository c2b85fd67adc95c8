using System.Diagnostics;

namespace Understudy.Bench.Measuring;

/// <summary>A server of this run's own: its output goes to a file, and it ends with this object at the latest.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _name;
    private readonly string _log;
    private readonly Process _process;

    private Service(string name, string log, Process process) => (_name, _log, _process) = (name, log, process);

    public int ProcessId => _process.Id;

    public static Service Start(string name, string executable, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, string log)
    {
        // The shell turns the output away and becomes the program, so that the process id is the program's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", log, executable, .. arguments])
        {
            // What it writes without being told where is then inside of what is removed.
            WorkingDirectory = Path.GetDirectoryName(log)!,
        };
        ChildEnvironment.Apply(start, environment);
        return new Service(name, log, Process.Start(start)!);
    }

    /// <summary>Returns when <paramref name="probe"/> answers with success.</summary>
    public async Task ReadyAsync(Uri probe, TimeSpan within, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < within;)
        {
            if (_process.HasExited)
                throw new BenchException($"{_name} ended with {_process.ExitCode} before it was ready; it said: {LastWords()}");
            try
            {
                using var response = await http.GetAsync(probe, cancel);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
        }

        throw new BenchException($"{_name} was not ready within {within.TotalSeconds:0} s; it said: {LastWords()}");
    }

    public string LastWords()
    {
        var lines = File.Exists(_log) ? File.ReadLines(_log).TakeLast(5).ToArray() : [];
        return lines.Length == 0 ? "(nothing)" : string.Join(" | ", lines);
    }

    /// <summary>SIGKILL; what it started goes on.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Native.Terminate(_process.Id);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }
}
