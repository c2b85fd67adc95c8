using System.Diagnostics;
using Npgsql;
using Understudy.Bench.Contenders;
using Understudy.Bench.Data;
using Understudy.Bench.Serving;
using Understudy.Contracts;

namespace Understudy.Bench.Intake;

/// <summary>
/// Two workers with one catalogue, the first one's private PostgreSQL, and one store. Each has a single slot for plans, and in it
/// a copy that takes longer than the benchmark: so the plans that events make stay, and intake is all there is to do.
/// </summary>
internal sealed class Workers : IAsyncDisposable
{
    public const string Alone = "alone";
    public const string Shared = "shared";

    private const long SmallBytes = 16 << 10;

    // At 64 KiB/s that is more than an hour.
    private const long EndlessBytes = 256 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<WorkerService> _all = [];

    private Workers(string source) => Source = source;

    public WorkerService First => _all[0];

    public WorkerService Second => _all[1];

    /// <summary>Of the assets that are there.</summary>
    public string Source { get; }

    /// <summary>With the settings of a worker's own connections (Catalogue/CatalogueServices).</summary>
    public NpgsqlDataSource Catalogue { get; private set; } = null!;

    public double CatalogueCpuSeconds => First.Catalogue?.FamilyCpuSeconds ?? 0;

    public static async Task<Workers> StartAsync(string executable, Emulator emulator, string workFolder, int messages, CancellationToken cancel)
    {
        var sources = Directory.CreateDirectory(Path.Combine(workFolder, "sources")).FullName;
        var small = Path.Combine(sources, "small.jp2");
        SyntheticJp2.Write(small, SmallBytes, seed: 1);
        var workers = new Workers(new Uri(small).AbsoluteUri);
        try
        {
            await workers.StartAsync(executable, emulator, workFolder, sources, cancel);
            await workers.MakePresentAsync(MessageSet.HitAssets(messages), cancel);
            await workers.OccupyAsync(sources, cancel);
            return workers;
        }
        catch
        {
            await workers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Catalogue is not null)
            await Catalogue.DisposeAsync();
        // The first has the catalogue of all.
        foreach (var worker in _all.AsEnumerable().Reverse())
            await worker.DisposeAsync();
    }

    private async Task StartAsync(string executable, Emulator emulator, string workFolder, string sources, CancellationToken cancel)
    {
        var settings = new Dictionary<string, string>
        {
            ["Aws__ServiceUrl"] = emulator.Address.ToString().TrimEnd('/'),
            ["Messaging__Transport"] = "AmazonSqs",
            ["Messaging__Queues__0__Name"] = Shared,
            ["Sources__FileRoots__0"] = sources,
            ["Flow__MaxBytesPerSecond"] = "64KiB",
            ["Plans__Slots"] = "1",
            ["Plans__DrainTime"] = "00:00:00",
            // A worker that is held still must not look dead to the other.
            ["Plans__LeaseTime"] = "00:10:00",
        };
        var store = Path.Combine(workFolder, "store");
        _all.Add(await WorkerService.StartAsync(executable, new Dictionary<string, string>(settings) { ["Messaging__Queues__1__Name"] = Alone }, store, workFolder, cancel));
        settings["ConnectionStrings__Catalogue"] = First.CatalogueConnection;
        _all.Add(await WorkerService.StartAsync(executable, settings, store, workFolder, cancel));
        Catalogue = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(First.CatalogueConnection)
        {
            MaxAutoPrepare = 64,
            Options = "-c enable_seqscan=off -c jit=off",
        });
        await RequireDurableAsync(cancel);
    }

    private async Task RequireDurableAsync(CancellationToken cancel)
    {
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
        {
            await using var ask = Catalogue.CreateCommand($"show {setting}");
            if (await ask.ExecuteScalarAsync(cancel) is not "on")
                throw new BenchException($"{setting} is not on: what is measured here has to survive a crash");
        }
    }

    private async Task MakePresentAsync(IReadOnlyList<AssetId> assets, CancellationToken cancel)
    {
        await First.Client.SendAsync(assets.Select(id => new AssetIngested { Id = id, Source = Source }), cancel);
        foreach (var id in assets)
        {
            if (await First.Client.EnsureAsync(id, Patience, cancel) is { State: not AssetState.Present } asset)
                throw new BenchException($"{id} is {asset.State}: {asset.Plan?.Reason}; the worker's log ends: {First.LastWords()}");
        }
    }

    private async Task OccupyAsync(string sources, CancellationToken cancel)
    {
        var endless = Path.Combine(sources, "endless.jp2");
        SyntheticJp2.Write(endless, EndlessBytes, seed: 2);
        await First.Client.SendAsync(
            _all.Select((_, n) => new AssetIngested { Id = AssetId.Parse($"9/1/endless-{n}"), Source = new Uri(endless).AbsoluteUri, Lane = Lane.Bulk }), cancel);
        await using var ask = Catalogue.CreateCommand("select count(distinct worker) from plan");
        for (var started = Stopwatch.GetTimestamp(); (long)(await ask.ExecuteScalarAsync(cancel))! < _all.Count;)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new BenchException($"the workers did not begin their copies without end; the second one's log ends: {Second.LastWords()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
        }
    }
}
