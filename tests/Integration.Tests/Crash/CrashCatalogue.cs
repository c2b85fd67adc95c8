using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Understudy.Catalogue;
using Understudy.Catalogue.Private;

namespace Understudy.Integration.Tests.Crash;

/// <summary>The PostgreSQL of a run, durable, and how to kill it: a worker's private one, or one of the test's own, which this process brings back.</summary>
internal sealed class CrashCatalogue : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private DataDirectoryLock? _held;
    private PrivatePostgres? _own;

    private CrashCatalogue(string dataDirectory) => _cluster = new(Directory(dataDirectory));

    /// <summary>What its workers are told.</summary>
    public IReadOnlyList<string> Settings => _own is null ? [] : [$"--ConnectionStrings:Catalogue={_own.ConnectionString}"];

    public static CrashCatalogue OfWorker(string dataDirectory) => new(dataDirectory);

    public static async Task<CrashCatalogue> StartAsync(string dataDirectory)
    {
        var catalogue = new CrashCatalogue(dataDirectory);
        catalogue._held = DataDirectoryLock.Acquire(Directory(dataDirectory));
        catalogue._own = new PrivatePostgres(
            Directory(dataDirectory), catalogue._held, Options.Create(new CatalogueOptions()), TimeProvider.System, NullLogger<PrivatePostgres>.Instance);
        await catalogue._own.StartAsync(CancellationToken.None);
        return catalogue;
    }

    public void KillServer()
    {
        if (Postmaster.Find(_cluster) is { } running)
            Signals.KillNow(running.Pid);
    }

    /// <summary>One of its processes, whichever: the server then drops all connections and recovers.</summary>
    public void KillBackend(Random random)
    {
        var backends = ProcessTable.Pids().Where(p => ProcessTable.CommandLine(p) is [var title, ..] && title.StartsWith($"postgres: {_cluster.Name}: understudy", StringComparison.Ordinal)).Order().ToArray();
        if (backends.Length > 0)
            Signals.KillNow(backends[random.Next(backends.Length)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
        _held?.Dispose();
    }

    private static DataDirectory Directory(string path) => DataDirectory.From(new() { DataDirectory = path });
}
