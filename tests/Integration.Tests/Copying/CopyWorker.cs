using System.Collections.Concurrent;
using System.Net;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Understudy.Api;
using Understudy.Aws;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Flow;
using Understudy.Dlcs;
using Understudy.Hosting;
using Understudy.Hosting.Dashboards;
using Understudy.Intake;
using Understudy.Integration.Tests.TestKit;
using Understudy.Overview;
using Understudy.Plans;
using Understudy.Publishing;
using Understudy.Purging;
using Understudy.Scavenging;
using Understudy.Schedules;
using Understudy.Warming;

namespace Understudy.Integration.Tests.Copying;

/// <summary>One worker in this process, whole, on a free port. Several may share a database and a store.</summary>
internal sealed class CopyWorker : IAsyncDisposable, ILoggerProvider
{
    /// <summary>For a source that falls silent. A busy machine stands still for as long now and then, so other tests are patient.</summary>
    public const string Impatient = "Copying:StallTimeout=00:00:00.400";

    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly TempFolder _data = new();
    private WebApplication _app = null!;

    static CopyWorker()
    {
        // The SDK's own chain finds them; no test server looks at them.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
    }

    public UnderstudyClient Api { get; private set; } = null!;

    public Uri Address => _http.BaseAddress!;

    public IServiceProvider Services => _app.Services;

    public FetchGate Gate => Services.GetRequiredService<FetchGate>();

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Short time-outs and small parts, so that what takes minutes in production takes tenths of a second.</summary>
    public static async Task<CopyWorker> StartAsync(string catalogue, string store, string serviceUrl, params string[] settings)
    {
        var worker = new CopyWorker();
        string[] defaults =
        [
            "Urls=http://127.0.0.1:0", $"ConnectionStrings:Catalogue={catalogue}", $"DataDirectory={worker._data.Path}",
            $"Storage:Root={store}", "Storage:PathTemplate={customer}/{space}/{image}.jp2", "Storage:MinFreeBytes=0", "Storage:MinFreeInodes=0",
            "Sources:AllowedBuckets:0=pics", $"Aws:ServiceUrl={serviceUrl}", "Aws:ForcePathStyle=true", "Aws:Region=us-east-1",
            "Copying:PartSize=65536", "Copying:PartTries=3", "Copying:StallTimeout=00:00:10", "Copying:PartRetryDelay=00:00:00.010",
            "Plans:RetryDelay=00:00:00.020", "Plans:MaxRetryDelay=00:00:00.100", "Plans:RoomDelay=00:00:00.200", "Plans:MaxAttempts=3",
            "Plans:PollInterval=00:00:00.100", "Plans:DeadFor=00:00:00", "Plans:DrainTime=00:00:00", "Plans:LeaseTime=00:00:06",
            "Dashboard:Enabled=false",
        ];
        var builder = WorkerHost.CreateBuilder([.. defaults.Concat(settings).Select(s => "--" + s)]);
        builder.Logging.ClearProviders().AddProvider(worker);
        builder.Services.AddAws(builder.Configuration);
        builder.Services.AddCatalogue(builder.Configuration);
        builder.Services.AddCopying(builder.Configuration);
        builder.Services.AddDlcs(builder.Configuration);
        builder.Services.AddPurging(builder.Configuration);
        builder.Services.AddWarming(builder.Configuration);
        builder.Services.AddPlans(builder.Configuration);
        builder.Services.AddIntake(builder.Configuration);
        builder.Services.AddPublishing(builder.Configuration);
        builder.Services.AddScavenging(builder.Configuration);
        builder.Services.AddSchedules(builder.Configuration);
        builder.Services.AddOverview();
        builder.Services.AddDashboard(builder.Configuration);
        worker._app = WorkerHost.Build(builder, app =>
        {
            app.MapEvents();
            app.MapAssets();
            app.MapStatus();
            app.MapPlans();
            app.MapOverview();
            app.MapQueues();
            app.MapPurging();
            app.MapWarming();
            app.MapScavenging();
            app.MapSchedules();
            app.MapWorth();
            app.MapCaller();
            app.MapPicture();
            app.MapDashboard();
        });
        await worker._app.StartAsync();
        worker._http.BaseAddress = new Uri(worker._app.Urls.Single());
        worker.Api = new UnderstudyClient(worker._http);
        return worker;
    }

    /// <summary>Says that the asset's source is there, and waits until its plan is done, dead, or waits for room.</summary>
    public async Task<AssetView> CopyAsync(AssetId id, string? source)
    {
        await IngestAsync(id, source);
        return await SettledAsync(id);
    }

    public Task IngestAsync(AssetId id, string? source, Lane? lane = null) =>
        Api.SendAsync([new AssetIngested { Id = id, Source = source, Lane = lane }]);

    public async Task<AssetView> SettledAsync(AssetId id)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(
            async () => (view = await Services.GetRequiredService<AssetViews>().FindAsync(id, CancellationToken.None)) is { State: AssetState.Present or AssetState.Dead or AssetState.Absent } or { Plan.Fault: Contracts.Fault.NoRoom },
            $"settled: {id}");
        return view!;
    }

    /// <summary>As somebody who holds a request open: 200 with the copy.</summary>
    public Task<AssetView> EnsureAsync(AssetId id) => Api.EnsureAsync(id, TimeSpan.FromSeconds(30));

    public async Task<HttpStatusCode> RefusalAsync(AssetId id) =>
        (await Assert.ThrowsAsync<UnderstudyException>(() => EnsureAsync(id))).Status;

    public async Task<T> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    /// <summary>A sweep that begins now: the worker's own, which begins with it, may have looked before the test left anything.</summary>
    public Task SweepAsync()
    {
        var sweep = Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Sweep>().Single();
        return Eventually.TrueAsync(() => sweep.RunAsync(CancellationToken.None), "no other sweep is at it");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Sink(this);

    void IDisposable.Dispose()
    {
    }

    private sealed class Sink(CopyWorker worker) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd();
            worker.Log.Enqueue(line);
            worker._output?.WriteLine(line);
        }
    }
}
