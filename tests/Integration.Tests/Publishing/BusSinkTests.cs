using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Understudy.Contracts;
using Understudy.Hosting.Configuration;
using Understudy.Intake;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Publishing;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Publishing;

/// <summary>From a settlement to a consumer on MassTransit's bus inside the process, as the worker puts them together.</summary>
public sealed class BusSinkTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly ConcurrentQueue<AssetAnnouncement> _heard = new();
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;
    private IHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
        _node.Publishing.InMemory = true;
        await _node.Registry.SignOnAsync(CancellationToken.None);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Publishing:InMemory", "true")]);
        builder.Services.AddSingleton(_catalogue.Source);
        builder.Services.AddSingleton(Node.Quick());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Wake>();
        builder.Services.AddSingleton(new UseRecording(false));
        builder.Services.AddIntake(builder.Configuration);
        builder.Services.AddPublishing(builder.Configuration);
        _host = builder.Build();
        await _host.StartAsync();
        // The host doesn't wait for it, and one that is stopped while it starts is up afterwards.
        await Bus.WaitForHealthStatus(BusHealthStatus.Healthy, CancellationToken.None);
        var handle = Bus.ConnectReceiveEndpoint("heard", endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            Hear<AssetReady>(endpoint);
            Hear<AssetRefreshed>(endpoint);
            Hear<AssetEvicted>(endpoint);
            Hear<AssetFailed>(endpoint);
        });
        await handle.Ready;
    }

    [Fact]
    public async Task Each_settlement_reaches_a_consumer_of_its_type()
    {
        var id = Samples.Asset("a");
        await SettleAsync(Samples.Ingested(id), a => Samples.Copied(a, 10));
        await SettleAsync(new SourceUpdated { Id = id }, a => Samples.Copied(a, 20));
        await SettleAsync(new AssetDeleted { Id = id }, _ => new Outcome.Removed(null));
        await SettleAsync(Samples.Ingested(id), _ => new Outcome.Hopeless(Fault.SourceGone, "gone"));

        await Eventually.TrueAsync(() => _heard.Count == 4, "heard");
        Assert.Equal(
            [
                $"ready 10 \"10\" 640", $"refreshed 20 \"20\" 640", "evicted 20 Deleted", "failed SourceGone gone 1",
            ],
            _heard.Select(a => a switch
            {
                AssetReady r => $"ready {r.Bytes} {r.ETag} {r.Width}",
                AssetRefreshed r => $"refreshed {r.Bytes} {r.ETag} {r.Width}",
                AssetEvicted e => $"evicted {e.Bytes} {e.Reason}",
                AssetFailed f => $"failed {f.Fault} {f.Reason} {f.Attempts}",
                _ => "?",
            }));
        Assert.All(_heard, a => Assert.Equal(id, a.Id));
        await Eventually.TrueAsync(async () => await _catalogue.AskAsync<long>("select count(*) from outbox") == 0, "empty");
    }

    [Fact]
    public async Task Row_that_is_no_message_is_set_aside()
    {
        await _catalogue.ExecuteAsync("insert into outbox (type, asset_id, body) values ('AssetLost', '1/1/a', '{\"type\":\"AssetLost\",\"id\":\"1/1/a\"}'), ('AssetReady', '1/1/a', '{}')");

        await Eventually.TrueAsync(async () => await _catalogue.AskAsync<long>("select count(*) from outbox where dead_at is not null and failed_reason like 'it is no message%'") == 2, "set aside");
    }

    [Fact]
    public async Task Bus_that_is_stopped_takes_nothing()
    {
        await Bus.StopAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _host.Services.GetRequiredService<IAnnouncementSink>().PublishAsync([new Announcement(1, "AssetFailed", Samples.Asset("a"), "{}")], CancellationToken.None));
    }

    [Theory]
    [InlineData(null, false, null), InlineData("arn:aws:sns:eu-west-1:123456789012:assets", false, null), InlineData(null, true, null)]
    [InlineData("assets", false, "Publishing:Topic"), InlineData("", false, "Publishing:Topic"), InlineData("arn:aws:sns:eu-west-1:123456789012:assets", true, "Publishing:InMemory")]
    public void There_is_one_way_out(string? topic, bool inMemory, string? wrong)
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Publishing:Topic", topic), new("Publishing:InMemory", $"{inMemory}")]).Build();

        var options = services.AddValidatedOptions<PublishingOptions>(configuration, PublishingOptions.Section);

        Assert.Equal(topic is not null || inMemory, options.IsOn);
        var error = Record.Exception(() => services.OptionsSections().ThrowIfWrong(configuration));
        Assert.Equal(wrong is null, error is null);
        Assert.Contains(wrong ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }

    private IBusControl Bus => _host.Services.GetRequiredService<IBusControl>();

    private void Hear<T>(IReceiveEndpointConfigurator endpoint)
        where T : AssetAnnouncement =>
        endpoint.Handler<T>(context =>
        {
            _heard.Enqueue(context.Message);
            return Task.CompletedTask;
        });

    private async Task SettleAsync(AssetEvent happened, Func<Attempt, Outcome> outcome)
    {
        await _node.AcceptAsync(happened);
        var attempt = (await _node.LeaseAsync()).Single();
        var before = _heard.Count;
        var result = outcome(attempt);
        Assert.True(await _node.SettleAsync(attempt, result, dead: result is Outcome.Hopeless));
        await Eventually.TrueAsync(() => _heard.Count > before, "heard");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
