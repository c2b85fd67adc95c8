using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Intake;

/// <summary>MassTransit's in-memory transport with its own envelope, as publishers in this process use it.</summary>
public sealed class EventBusTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private TestCatalogue _catalogue = null!;
    private IHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_catalogue.Source);
        builder.Services.AddSingleton(Node.Quick());
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddYears(100)));
        builder.Services.AddSingleton<Wake>();
        builder.Services.AddSingleton(new UseRecording(false));
        builder.Services.AddIntake(builder.Configuration);
        _host = builder.Build();
        await _host.StartAsync();
    }

    [Fact]
    public async Task Published_event_ends_as_a_plan()
    {
        await Bus.Publish(new AssetIngested { Id = Id, Source = "s3://b/key", Lane = Lane.Bulk });

        await IsThereAsync(Id);
        var view = await _catalogue.ViewAsync(Id);
        Assert.Equal(("s3://b/key", Goal.Present, Lane.Bulk), (view.Source, view.Plan!.Goal, view.Plan.Lane));
    }

    [Fact]
    public async Task Event_without_a_time_happened_when_it_was_sent()
    {
        var before = TimeProvider.System.GetUtcNow().UtcDateTime;
        await Bus.Publish(new SourceUpdated { Id = Id });
        await IsThereAsync(Id);

        var at = await _catalogue.AskAsync<DateTime>("select changed_at from asset");

        // The intake's own clock is a century ahead, so this can't be when it was received. PostgreSQL keeps microseconds.
        Assert.InRange(at, before.AddMicroseconds(-1), TimeProvider.System.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task Every_type_of_event_is_consumed()
    {
        AssetEvent[] events =
        [
            new InfoJsonRequested { Id = Samples.Asset("hit") }, new AssetIngested { Id = Samples.Asset("ingested") },
            new SourceUpdated { Id = Samples.Asset("updated") }, new AssetDeleted { Id = Samples.Asset("deleted") },
        ];
        foreach (var e in events)
            await Bus.Publish(e, e.GetType());

        foreach (var e in events)
            await IsThereAsync(e.Id);
    }

    [Fact]
    public async Task Event_that_breaks_a_rule_is_refused_once_and_holds_up_nobody()
    {
        var faults = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handle = _host.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint("faults", e => e.Handler<MassTransit.Fault<AssetIngested>>(context =>
        {
            faults.TrySetResult(context.Message.Exceptions[0].Message);
            return Task.CompletedTask;
        }));
        await handle.Ready;

        await Bus.Publish(new AssetIngested { Id = Samples.Asset("bad"), Source = "" });
        await Bus.Publish(new AssetIngested { Id = Id });

        await IsThereAsync(Id);
        Assert.Contains("source must not be empty", await faults.Task, StringComparison.Ordinal);
        Assert.Null(await _catalogue.Views.FindAsync(Samples.Asset("bad"), CancellationToken.None));
    }

    private IBus Bus => _host.Services.GetRequiredService<IBus>();

    private Task IsThereAsync(AssetId id) => Eventually.TrueAsync(
        async () => (await _catalogue.Views.FindAsync(id, CancellationToken.None))?.Plan is not null, $"a plan for {id}");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
