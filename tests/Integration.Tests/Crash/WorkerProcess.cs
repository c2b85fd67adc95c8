using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Understudy.Contracts;

namespace Understudy.Integration.Tests.Crash;

/// <summary>The built <c>understudy</c> as a process of its own, started again and again in the same data directory.</summary>
internal sealed partial class WorkerProcess(string name, string dataDirectory, IReadOnlyList<string> settings) : IAsyncDisposable
{
    private static readonly SocketsHttpHandler Connections = new() { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) };

    private Process? _process;
    private bool _mayEnd = true;
    private Uri? _address;
    private long _logStart;

    public string Name => name;

    public string DataDirectory => dataDirectory;

    public string Log => Path.Combine(dataDirectory, "..", $"{name}.log");

    public int Pid => _process!.Id;

    /// <summary>It ended though nobody asked it to.</summary>
    public bool EndedByItself => !_mayEnd && _process is { HasExited: true };

    /// <summary>Where the API of this very start is; null while it isn't listening.</summary>
    public Uri? Address => _address ??= FindAddress();

    public void Start()
    {
        _address = null;
        _logStart = File.Exists(Log) ? new FileInfo(Log).Length : 0;
        // By a shell that becomes the worker: a pipe of ours would be inherited by the PostgreSQL that it starts, and never end.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", Log, Executable, "serve", $"--DataDirectory={dataDirectory}", "--Urls=http://127.0.0.1:0", .. settings])
        {
            WorkingDirectory = dataDirectory,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        (start.Environment["AWS_ACCESS_KEY_ID"], start.Environment["AWS_SECRET_ACCESS_KEY"], start.Environment["AWS_REGION"]) = ("test", "test", "us-east-1");
        _process = Process.Start(start)!;
        _mayEnd = false;
    }

    public async Task<bool> ReadyAsync(TimeSpan patience)
    {
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < patience; await Task.Delay(20))
        {
            if (EndedByItself)
                return false;
            if (await AskAsync((http, _) => http.GetAsync("health/ready")) is { IsSuccessStatusCode: true })
                return true;
        }

        return false;
    }

    public async Task KillAsync()
    {
        _mayEnd = true;
        Signals.KillNow(Pid);
        await _process!.WaitForExitAsync();
    }

    /// <returns>The exit code; null where it didn't end and had to be killed.</returns>
    public async Task<int?> TerminateAsync(TimeSpan patience)
    {
        _mayEnd = true;
        Signals.AskToEnd(Pid);
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(patience);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return null;
        }
    }

    /// <summary>One call of the API; null where the worker can't be reached or doesn't answer.</summary>
    public async Task<T?> AskAsync<T>(Func<HttpClient, UnderstudyClient, Task<T>> call)
        where T : class
    {
        if (Address is not { } address)
            return null;
        try
        {
            using var http = new HttpClient(Connections, disposeHandler: false) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(5) };
            return await call(http, new UnderstudyClient(http));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    public string LogTail(int lines) => File.Exists(Log) ? string.Join('\n', ReadLog(0).Split('\n').TakeLast(lines)) : "";

    public string ReadLog(long from)
    {
        using var file = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = from;
        return new StreamReader(file).ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
    }

    private static string Executable => Path.ChangeExtension(typeof(Program).Assembly.Location, null);

    private Uri? FindAddress() =>
        File.Exists(Log) && Listening().Match(ReadLog(_logStart)) is { Success: true } match ? new Uri(match.Groups[1].Value) : null;

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
