using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Scavenging;
using Understudy.Scavenging.Evicting;
using static Understudy.Integration.Tests.Scavenging.SmallStore;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>A store that is full: who waits, who is refused, and when that is said.</summary>
public sealed class WaitingForRoomTests(PostgresServer postgres)
{
    [Fact]
    public async Task Copy_that_does_not_fit_waits_for_an_eviction_that_begins_at_once()
    {
        await using var world = await StartAsync(postgres, "Storage:HighWaterPercent=99", "Storage:LowWaterPercent=98");
        await FillAsync(world, 10);

        var id = AssetId.Parse("2/5/late");
        world.Put($"{id}", Bytes);
        await world.Worker.IngestAsync(id, CopyWorld.Uri($"{id}"));

        await Eventually.TrueAsync(async () => (await world.Worker.Api.FindAsync(id))?.State == AssetState.Present, "it has room");
        Assert.True((await world.Worker.Api.StoreAsync()).UsedBytes <= 10 * Bytes + 1000);
    }

    [Fact]
    public async Task Pinned_copies_stay_and_when_nothing_may_go_that_is_said()
    {
        await using var world = await StartAsync(postgres);
        await FillAsync(world, 8);
        await world.Worker.Api.PinAsync("2", new PinRequest(Reason: "exhibition"));
        await FillAsync(world, 2, from: 8);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()).Stuck is not null, "stuck");
        Assert.Equal(10, (await world.Worker.Api.StoreAsync()).Copies);
        Assert.Equal(("2", "exhibition"), ((await world.Worker.Api.PinsAsync()).Single().Scope, (await world.Worker.Api.PinsAsync()).Single().Reason));

        await world.Worker.Api.UnpinAsync("2");
        await world.Worker.Api.PinAsync("2/5/a0");
        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()) is { Copies: 8, Stuck: null }, "eight are left");
        Assert.Equal(AssetState.Present, (await world.Worker.Api.FindAsync(AssetId.Parse("2/5/a0")))!.State);
    }

    [Fact]
    public async Task Request_that_has_to_wait_for_room_gets_its_copy_when_there_is_some()
    {
        await using var world = await StartAsync(postgres, "Storage:HighWaterPercent=99", "Storage:LowWaterPercent=98", "Storage:EvictedFor=00:00:01");
        await FillAsync(world, 10);
        var id = AssetId.Parse("2/5/late");
        world.Put($"{id}", Bytes);
        await world.Worker.QueryAsync<long>($"with a as (insert into asset (id, customer, space, generation, source) values ('{id}', 2, 5, 1, '{CopyWorld.Uri($"{id}")}') returning 1) select count(*) from a");

        var view = await world.Worker.EnsureAsync(id);

        Assert.Equal(AssetState.Present, view.State);
        Assert.Equal(1, await world.Worker.QueryAsync<long>($"select count(*) from history where asset_id = '{id}' and what = 'waits for room'"));
    }

    [Theory]
    [InlineData("nothing may go")]
    [InlineData("it can't fit")]
    [InlineData("nothing is evicted")]
    public async Task Request_that_waits_for_room_in_vain_is_refused_before_its_time_is_over(string because)
    {
        // Ten are below the high water mark: only who needs room would make it.
        await using var world = await StartAsync(postgres, $"Storage:MaxBytes={10 * Bytes + Bytes / 2}", "Storage:HighWaterPercent=99", "Storage:LowWaterPercent=98", $"Scavenging:Evicts={because != "nothing is evicted"}");
        await FillAsync(world, 10);
        if (because == "nothing may go")
            await world.Worker.Api.PinAsync("2");
        var id = AssetId.Parse("2/5/late");
        world.Put($"{id}", because == "it can't fit" ? 11 * Bytes : Bytes);
        await world.Worker.IngestAsync(id, CopyWorld.Uri($"{id}"));

        // Longer than the client has patience for.
        var refused = await Assert.ThrowsAsync<UnderstudyException>(() => world.Worker.Api.EnsureAsync(id, TimeSpan.FromMinutes(5)));

        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Equal(10, (await world.Worker.Api.StoreAsync()).Copies);
    }

    [Fact]
    public async Task Copies_in_their_grace_are_no_alarm_until_that_has_lasted_longer_than_a_grace()
    {
        await using var world = await StartAsync(postgres, "Storage:GracePeriod=01:00:00", "Scavenging:Evicts=false");
        await FillAsync(world, 10);
        var services = world.Worker.Services;
        var (time, log) = (new FakeTimeProvider(TimeProvider.System.GetUtcNow()), new TestLog<Scavenger>());
        using var scavenger = new Scavenger(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<Choosing>(), services.GetRequiredService<StoreFolder>(), services.GetRequiredService<StorageOptions>(),
            new ScavengingOptions(), new RoomWanted(), services.GetServices<IHostedService>().OfType<Sweep>().Single(), time, log);
        var health = new RoomHealthCheck(scavenger);

        await scavenger.TurnAsync(0, CancellationToken.None);
        var well = await health.CheckHealthAsync(new());
        time.Advance(TimeSpan.FromMinutes(59));
        await scavenger.TurnAsync(0, CancellationToken.None);

        Assert.Equal((HealthStatus.Healthy, null), (well.Status, scavenger.Stuck));
        Assert.Matches("10 used or copied within Storage:GracePeriod; the first may go at 20..-", well.Description);
        Assert.Empty(log.Lines);

        time.Advance(TimeSpan.FromMinutes(2));
        await scavenger.TurnAsync(0, CancellationToken.None);
        await scavenger.TurnAsync(0, CancellationToken.None);
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync(new())).Status);
        Assert.Single(log.Lines, l => l.Contains("No room can be made", StringComparison.Ordinal));
    }
}
