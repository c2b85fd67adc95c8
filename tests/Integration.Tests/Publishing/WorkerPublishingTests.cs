using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Publishing;

/// <summary>Whole workers with the bus inside them as the topic.</summary>
public sealed class WorkerPublishingTests(PostgresServer postgres)
{
    [Fact]
    public async Task What_a_worker_had_not_published_when_it_stopped_the_next_one_publishes()
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var stopped = await world.AddWorkerAsync("Publishing:InMemory=true");
        await using var relay = await TakeTurnAsync(world.Catalogue);
        var first = world.Put("foo", 100_000);
        await stopped.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        var second = world.Put("foo", 90_000, seed: 2);
        await stopped.Api.RefreshAsync(CopyWorld.Id);
        await stopped.SettledAsync(CopyWorld.Id);
        await world.StopAsync(stopped);

        var next = await world.AddWorkerAsync("Publishing:InMemory=true");
        var heard = await HearAsync(next);
        Assert.Equal(2, await next.QueryAsync<long>("select count(*) from outbox"));
        await relay.DisposeAsync();

        await Eventually.TrueAsync(() => heard.Count == 2, "heard");
        var (ready, refreshed) = (Assert.IsType<AssetReady>(heard.First()), Assert.IsType<AssetRefreshed>(heard.Last()));
        Assert.Equal((first.Length, second.Length), (ready.Bytes, refreshed.Bytes));
        Assert.Equal((await next.SettledAsync(CopyWorld.Id)).Copy!.Checksum, refreshed.Checksum);
        await Eventually.TrueAsync(async () => await next.QueryAsync<long>("select count(*) from outbox") == 0, "empty");
    }

    [Fact]
    public async Task Worker_that_publishes_nothing_writes_nothing()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", 100_000);

        Assert.Equal(AssetState.Present, (await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"))).State);

        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from outbox"));
    }

    /// <summary>As another worker's relay that is at it for long.</summary>
    private static async Task<NpgsqlConnection> TakeTurnAsync(string catalogue)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(catalogue) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await new NpgsqlCommand("select pg_advisory_lock(hashtext('understudy outbox'))", connection).ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task<ConcurrentQueue<AssetAnnouncement>> HearAsync(CopyWorker worker)
    {
        var heard = new ConcurrentQueue<AssetAnnouncement>();
        var handle = worker.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint("heard", endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            Hear<AssetReady>(endpoint);
            Hear<AssetRefreshed>(endpoint);
        });
        await handle.Ready;
        return heard;

        void Hear<T>(IReceiveEndpointConfigurator endpoint)
            where T : AssetAnnouncement =>
            endpoint.Handler<T>(context =>
            {
                heard.Enqueue(context.Message);
                return Task.CompletedTask;
            });
    }
}
