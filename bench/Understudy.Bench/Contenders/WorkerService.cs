using System.Diagnostics;
using Npgsql;
using Understudy.Bench.Data;
using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;
using Understudy.Catalogue;
using Understudy.Catalogue.Private;
using Understudy.Contracts;

namespace Understudy.Bench.Contenders;

/// <summary>A worker of this run's own, with a private PostgreSQL, ready for work.</summary>
internal sealed class WorkerService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // One connection is kept between the calls of a run; without a limit a long wait would be cut at 100 s.
    private readonly HttpClient _http;
    private readonly Func<Service> _start;
    private readonly string _dataFolder;
    private Service _process;

    private WorkerService(Func<Service> start, Uri api, string dataFolder)
    {
        _start = start;
        _process = start();
        _dataFolder = dataFolder;
        _http = new HttpClient { BaseAddress = api, Timeout = Timeout.InfiniteTimeSpan };
        Client = new UnderstudyClient(_http);
    }

    public HttpClient Http => _http;

    public UnderstudyClient Client { get; }

    /// <summary>From starting the process to its first answer that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public RunningProcess Process => new(_process.ProcessId);

    /// <summary>null until the worker has started one.</summary>
    public RunningProcess? Catalogue =>
        Directory.EnumerateFiles(_dataFolder, "postmaster.pid", SearchOption.AllDirectories).FirstOrDefault() is { } file
            ? new RunningProcess(int.Parse(File.ReadLines(file).First()))
            : null;

    public string LastWords() => _process.LastWords();

    /// <summary>Where its private PostgreSQL is.</summary>
    public string CatalogueConnection => new NpgsqlConnectionStringBuilder
    {
        Host = new Cluster(DataDirectory.From(new DataDirectoryOptions { DataDirectory = _dataFolder })).SocketFolder,
        Username = PrivatePostgres.User,
        Database = "postgres",
    }.ConnectionString;

    /// <summary>One that copies the data sets from <paramref name="s3"/>.</summary>
    public static Task<WorkerService> StartAsync(string executable, Uri s3, string storeRoot, string workFolder, CancellationToken cancel)
    {
        var settings = new Dictionary<string, string>
        {
            ["Aws__ServiceUrl"] = s3.ToString().TrimEnd('/'),
            ["Aws__ForcePathStyle"] = "true",
            // So that one PUT does for an asset that no event has named.
            ["Sources__Template"] = $"s3://{DataSet.Medium.Bucket}/{DataSet.Key("{asset}")}",
        };
        foreach (var (n, set) in DataSet.Copied.Append(DataSet.Trickle).Index())
            settings[$"Sources__AllowedBuckets__{n}"] = set.Bucket;
        return StartAsync(executable, settings, storeRoot, workFolder, cancel);
    }

    public static async Task<WorkerService> StartAsync(
        string executable, IEnumerable<KeyValuePair<string, string>> settings, string storeRoot, string workFolder, CancellationToken cancel)
    {
        var api = Nginx.Local(Nginx.FreePort());
        var folder = Path.Combine(workFolder, $"worker-{api.Port}");
        var dataFolder = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var environment = new Dictionary<string, string>(settings)
        {
            ["DataDirectory"] = dataFolder,
            ["Urls"] = api.ToString().TrimEnd('/'),
            ["Storage__Root"] = storeRoot,
            ["Storage__MinFreeBytes"] = "0",
        };

        Directory.CreateDirectory(storeRoot);
        var started = Stopwatch.GetTimestamp();
        var worker = new WorkerService(() => Service.Start("understudy", executable, [], environment, Path.Combine(folder, "worker.log")), api, dataFolder);
        try
        {
            await worker.ReadyAsync(cancel);
            worker.ReadyAfter = Stopwatch.GetElapsedTime(started);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, and another process in the same data folder.</summary>
    public async Task KillAndStartAsync(CancellationToken cancel)
    {
        await _process.KillAsync(cancel);
        await _process.DisposeAsync();
        _process = _start();
        await ReadyAsync(cancel);
    }

    private Task ReadyAsync(CancellationToken cancel) => _process.ReadyAsync(new Uri(_http.BaseAddress!, "health/ready"), TimeSpan.FromSeconds(60), cancel);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        await EndLeftCatalogueAsync();
    }

    /// <summary>A worker that had to be killed leaves its PostgreSQL running.</summary>
    private async Task EndLeftCatalogueAsync()
    {
        // It works in its data folder; a number that was given to another process meanwhile doesn't.
        if (Catalogue is not { } left || left.WorkingFolder?.StartsWith(_dataFolder, StringComparison.Ordinal) != true)
            return;
        Native.Terminate(left.Id);
        for (var waited = TimeSpan.Zero; left.WorkingFolder is not null && waited < Patience; waited += Look)
            await Task.Delay(Look, TimeProvider.System);
    }
}
