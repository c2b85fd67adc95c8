using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Integration.Tests.Api;
using Understudy.Integration.Tests.TestKit;
using Understudy.Overview;

namespace Understudy.Integration.Tests.Overview;

public sealed class LiveTests(PostgresServer postgres)
{
    [Fact]
    public async Task Listener_hears_of_a_copy_and_what_was_done_is_in_the_throughput()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        var (id, source) = world.NewAsset(bytes: 7_000);
        await using var ticks = world.Worker.Api.LiveAsync().GetAsyncEnumerator();
        Assert.True(await ticks.MoveNextAsync());
        Assert.Equal(0, ticks.Current.Store.Copies);
        Assert.True(Assert.Single(ticks.Current.Workers).ThisOne);

        await world.Worker.CopyAsync(id, source);

        while (ticks.Current.Store.Copies == 0)
            Assert.True(await ticks.MoveNextAsync());
        Assert.Equal(7_000, ticks.Current.Store.UsedBytes);
        Assert.InRange(ticks.Current.At - ticks.Current.Lately.At, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        ThroughputView? minutes = null;
        // Other tests' workers in this process are counted along.
        await Eventually.TrueAsync(
            async () => (minutes = await world.Worker.Api.ThroughputAsync()).Spans is var spans && spans.Sum(s => s.Copies) >= 1 && spans.Sum(s => s.Bytes) >= 7_000 && spans.Sum(s => s.Events) >= 1,
            "counted");
        Assert.Equal((60, 61), (minutes!.StepSeconds, minutes.Spans.Count));
        Assert.Equal(361, (await world.Worker.Api.ThroughputAsync(fine: true)).Spans.Count);
    }

    [Fact]
    public async Task Listeners_share_each_look_and_end_at_once_when_the_worker_stops()
    {
        var world = await ApiWorld.StartAsync(postgres);
        var listeners = Enumerable.Range(0, 10).Select(_ => world.Worker.Api.LiveAsync().GetAsyncEnumerator()).ToArray();
        await Task.WhenAll(listeners.Select(l => l.MoveNextAsync().AsTask()));
        Assert.All(await Task.WhenAll(listeners.Select(l => l.MoveNextAsync().AsTask())), Assert.True);
        var seen = listeners.Select(l => l.Current.At).Distinct().Order().ToArray();

        // They may have begun to listen on both sides of a tick.
        Assert.True(seen.Length <= 2, string.Join(' ', seen));
        var feed = world.Worker.Services.GetRequiredService<LiveFeed>();
        world.Worker.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();
        foreach (var listener in listeners)
        {
            while (await listener.MoveNextAsync())
            {
            }

            await listener.DisposeAsync();
        }

        Assert.Null(feed.Listen());
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Listeners_are_bounded_and_who_goes_makes_room()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        var feed = world.Worker.Services.GetRequiredService<LiveFeed>();
        var listeners = Enumerable.Range(0, LiveFeed.MostListeners).Select(_ => feed.Listen()!.GetAsyncEnumerator()).ToArray();

        Assert.Contains("listen already", await world.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/api/v1/stream"), StringComparison.Ordinal);
        Assert.True(await listeners[0].MoveNextAsync());
        await listeners[0].DisposeAsync();

        Assert.NotNull(feed.Listen());
    }

    [Fact]
    public async Task Configuration_says_where_values_come_from_and_shows_no_secret()
    {
        await using var world = await ApiWorld.StartAsync(postgres, "Api:Keys:0:Name=ops", "Api:Keys:0:Key=very-secret-key-of-ops", "Api:Keys:0:Role=Operate");

        using var response = await world.SendAsync(HttpMethod.Get, "/api/v1/configuration", key: "very-secret-key-of-ops");
        var text = await response.Content.ReadAsStringAsync();
        world.Http.DefaultRequestHeaders.Authorization = new("Bearer", "very-secret-key-of-ops");
        var values = await new UnderstudyClient(world.Http).ConfigurationAsync();

        Assert.DoesNotContain("very-secret", text, StringComparison.Ordinal);
        Assert.Contains(new ConfigurationValue("Api:Keys:0:Key", "***", "command line"), values);
        Assert.Contains(new ConfigurationValue("Plans:MaxAttempts", "3", "command line"), values);
        Assert.Contains(values, v => v is { Key: "Plans:Slots", Source: "default", Value: not null });
    }
}
