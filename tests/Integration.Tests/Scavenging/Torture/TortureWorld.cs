using System.Diagnostics;
using System.Net;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Crash;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>A small disk with the store of two workers on it, which are processes; their catalogue and their source.</summary>
internal sealed class TortureWorld : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromMinutes(2);

    private readonly Reaper _reaper;
    private readonly string _database;
    private long _budget = TortureSettings.Budget;

    private TortureWorld(Reaper reaper, string database) => (_reaper, _database) = (reaper, database);

    public required SmallDisk Disk { get; init; }

    public required FaultyS3 Source { get; init; }

    public string Store => Path.Combine(Disk.Path, "store");

    public string Foreign => Path.Combine(Disk.Path, "foreign");

    public string Logs => _reaper.Folder;

    public WorkerProcess[] Workers { get; private set; } = [];

    public IReadOnlyList<TornAsset> Assets { get; } =
    [
        .. Enumerable.Range(0, TortureSettings.Assets).Select(i => new TornAsset(AssetId.Parse($"2/5/a{i}"), mayBeDeleted: false)),
        .. Enumerable.Range(0, TortureSettings.Deletable).Select(i => new TornAsset(AssetId.Parse($"3/5/d{i}"), mayBeDeleted: true)),
    ];

    public static async Task<TortureWorld> StartAsync(PostgresServer postgres)
    {
        // A file's own times are the visitors' to set; the watch, which reads everything, leaves them alone.
        var disk = new SmallDisk($"size={TortureSettings.Disk},nr_inodes={TortureSettings.Inodes},noatime");
        var world = new TortureWorld(await Reaper.StartAsync(), await postgres.NewCatalogueAsync()) { Disk = disk, Source = await FaultyS3.StartAsync() };
        Directory.CreateDirectory(world.Foreign);
        try
        {
            await world.StartWorkersAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends them as they are, and goes on with room for everything.</summary>
    public async Task EnlargeAsync()
    {
        foreach (var worker in Workers)
            await worker.KillAsync();
        Disk.Resize("size=64m,nr_inodes=20000");
        _budget = 32 << 20;
        await StartWorkersAsync();
    }

    public void Keep() => _reaper.Keep();

    /// <summary>One call, again and again and at either worker, until it is answered.</summary>
    public async Task<T> AskAsync<T>(Random random, Func<UnderstudyClient, Task<T>> call)
        where T : class
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(Rest))
        {
            try
            {
                if (await Workers[random.Next(Workers.Length)].AskAsync((_, api) => call(api)) is { } answer)
                    return answer;
            }
            catch (UnderstudyException e) when (e.Status == HttpStatusCode.ServiceUnavailable)
            {
            }

            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"nobody answers; {string.Join("; ", Workers.Select(w => $"{w.Name}: {w.LogTail(3)}"))}");
        }
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        await Source.DisposeAsync();
        await _reaper.DisposeAsync();
        Disk.Dispose();
    }

    private async Task StartWorkersAsync()
    {
        Workers = [.. Enumerable.Range(1, 2).Select(i => new WorkerProcess($"worker-{i}", _reaper.Make($"data-{i}"), Settings()))];
        foreach (var worker in Workers)
            worker.Start();
        foreach (var worker in Workers)
            Assert.True(await worker.ReadyAsync(TimeSpan.FromMinutes(3)), $"{worker.Name} doesn't start: {worker.LogTail(20)}");
    }

    private string[] Settings() =>
    [
        $"--ConnectionStrings:Catalogue={_database}", $"--Storage:Root={Store}", "--Storage:PathTemplate={customer}/{space}/{image}.jp2",
        $"--Storage:MaxBytes={_budget}", $"--Storage:MinFreeBytes={TortureSettings.MinFree}", "--Storage:MinFreeInodes=50",
        "--Storage:HighWaterPercent=85", "--Storage:LowWaterPercent=75", $"--Storage:GracePeriod={TortureSettings.Grace}", "--Storage:EvictedFor=00:00:00.500",
        $"--Sources:AllowedBuckets:0={CopyWorld.Bucket}", $"--Aws:ServiceUrl={Source.Address}", "--Aws:ForcePathStyle=true",
        "--Copying:PartSize=65536", "--Copying:SweepInterval=00:00:01",
        "--Plans:LeaseTime=00:00:01.500", "--Plans:PollInterval=00:00:00.200", "--Plans:RoomDelay=00:00:00.300", "--Plans:RetryDelay=00:00:00.050", "--Plans:MaxRetryDelay=00:00:01",
        "--Plans:MaxAttempts=8", "--Logging:Format=Text",
    ];
}
