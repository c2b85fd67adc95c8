using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Understudy.Aws;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Hosting;
using Understudy.Intake;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Publishing;

namespace Understudy.Integration.Tests.Crash;

/// <summary>A worker taken apart: its plans are leased, run and settled by hand, so that it can die between any two of these steps.</summary>
internal sealed class Attempts : IAsyncDisposable
{
    private readonly TempFolder _data = new();
    private readonly WebApplication _app;

    static Attempts()
    {
        // The SDK's own chain finds them; no test server looks at them.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
    }

    private Attempts(string catalogue, string serviceUrl, string bucket)
    {
        var builder = WorkerHost.CreateBuilder(
        [
            $"--ConnectionStrings:Catalogue={catalogue}", $"--DataDirectory={_data.Path}", "--Storage:MinFreeBytes=0",
            $"--Sources:AllowedBuckets:0={bucket}", $"--Aws:ServiceUrl={serviceUrl}", "--Aws:ForcePathStyle=true", "--Aws:Region=us-east-1",
        ]);
        builder.Logging.ClearProviders();
        builder.Services.AddAws(builder.Configuration);
        builder.Services.AddCatalogue(builder.Configuration);
        builder.Services.AddCopying(builder.Configuration);
        builder.Services.AddPlans(builder.Configuration);
        builder.Services.AddSingleton(new UseRecording(false));
        builder.Services.AddIntake(builder.Configuration);
        builder.Services.AddPublishing(builder.Configuration);
        _app = WorkerHost.Build(builder, _ => { });
    }

    public static async Task<Attempts> StartAsync(string catalogue, string serviceUrl, string bucket)
    {
        var attempts = new Attempts(catalogue, serviceUrl, bucket);
        await attempts.Get<Migrator>().MigrateAsync(CancellationToken.None);
        return attempts;
    }

    public Task TellAsync(AssetEvent happened) => Get<IntakeQueue>().AcceptAsync([happened], CancellationToken.None);

    /// <summary>Takes the one plan that is due, and runs its stage.</summary>
    public async Task<(Attempt Attempt, Outcome Outcome)> RunAsync()
    {
        var attempt = Assert.Single((await Get<Leases>().TakeAsync(Guid.NewGuid(), Pool.Store, [1, 1, 1, 1, 1], CancellationToken.None)).Attempts);
        var stage = _app.Services.GetServices<IStage>().Single(s => s.Name == attempt.Stage);
        return (attempt, await stage.RunAsync(attempt, CancellationToken.None));
    }

    public async Task RunAndSettleAsync()
    {
        var (attempt, outcome) = await RunAsync();
        Assert.True(await Get<Settlements>().WriteAsync(new Settlement(attempt, outcome, TimeSpan.Zero, Dead: outcome is Outcome.Hopeless)));
    }

    /// <summary>The worker of all attempts is declared dead: what it holds is free.</summary>
    public async Task DieAsync()
    {
        await using var connection = await Get<NpgsqlDataSource>().OpenConnectionAsync();
        await connection.ExecuteAsync("update plan set worker = null");
    }

    public async Task<AssetView> ViewAsync(AssetId id) => (await Get<AssetViews>().FindAsync(id, CancellationToken.None))!;

    /// <summary>What a tile server reads; null where there is no file.</summary>
    public async Task<byte[]?> ReadAsync(AssetId id)
    {
        var file = _data.Path + $"/store/{id.Customer}/{id.Space}/{id.Asset}/{id.Asset}.jp2";
        return File.Exists(file) ? await File.ReadAllBytesAsync(file) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _data.Dispose();
    }

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();
}
