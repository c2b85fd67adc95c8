using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Dlcs;

/// <summary>Announced ingests whose end DLCS's database tells.</summary>
public sealed class DatabaseWatchTests(PostgresServer postgres) : IAsyncLifetime
{
    private const int Size = 20_000;
    private static readonly AssetId Id = CopyWorld.Id;

    private FakeDlcs _dlcs = null!;
    private CopyWorld _world = null!;

    private CopyWorker Worker => _world.Worker;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _dlcs = await FakeDlcs.CreateAsync(postgres);
        _world = await CopyWorld.StartAsync(postgres, $"Dlcs:Database={_dlcs.ConnectionString}");
    }

    [Fact]
    public async Task Update_is_copied_when_DLCS_has_finished_it_and_not_before()
    {
        var old = _world.Put("foo", Size, seed: 1);
        await Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        await _dlcs.PutAsync(Id, ingesting: true, finished: Now.AddDays(-1), s3: CopyWorld.Uri("foo"));

        await Worker.AnnounceAsync(Id);
        await Worker.WaitsAsync(Id, "DLCS is ingesting it");
        // Also where the new bytes are there before DLCS says so.
        var jp2 = _world.Put("foo", Size, seed: 2);
        Assert.Equal(old, _world.Stored(Id));

        await _dlcs.PutAsync(Id, finished: Now.AddMinutes(1), s3: CopyWorld.Uri("foo"));
        await _world.AssertCopiedAsync(jp2, await Worker.SettledAsync(Id));
        Assert.Contains((await Worker.ViewAsync(Id))!.History, h => h.What == "ingest over");
    }

    [Fact]
    public async Task Ingest_that_ended_before_the_announcement_is_not_the_one_that_was_announced()
    {
        var jp2 = _world.Put("foo", Size);
        var announced = Now;
        await _dlcs.PutAsync(Id, finished: announced.AddSeconds(-1), s3: CopyWorld.Uri("foo"));

        await Worker.AnnounceAsync(Id, announced);
        await Worker.WaitsAsync(Id, "has not ingested it since");
        Assert.False(_world.IsStored(Id));

        await _dlcs.PutAsync(Id, finished: announced.AddSeconds(1), s3: CopyWorld.Uri("foo"));
        await _world.AssertCopiedAsync(jp2, await Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Asset_that_was_never_ingested_waits()
    {
        await _dlcs.PutAsync(Id);

        await Worker.AnnounceAsync(Id);

        await Worker.WaitsAsync(Id, "has not ingested it yet");
    }

    [Fact]
    public async Task Asset_that_DLCS_does_not_have_is_given_up()
    {
        await Worker.AnnounceAsync(Id);

        await _world.AssertDeadAsync(await Worker.SettledAsync(Id), Fault.SourceGone, "DLCS has no such asset");
    }

    [Fact]
    public async Task Ingest_that_failed_and_left_nothing_is_given_up_with_DLCS_s_reason()
    {
        await _dlcs.PutAsync(Id, finished: Now.AddMinutes(1), s3: "", error: "no such origin");

        await Worker.AnnounceAsync(Id);

        await _world.AssertDeadAsync(await Worker.SettledAsync(Id), Fault.SourceGone, "DLCS holds no JP2", "no such origin");
    }

    [Theory]
    [InlineData(true, "iiif-img")]
    [InlineData(false, "file")]
    public async Task Asset_without_tiles_is_not_copied(bool withheld, string channel)
    {
        _world.Put("foo", Size);
        await _dlcs.PutAsync(Id, finished: Now.AddMinutes(1), s3: CopyWorld.Uri("foo"), notForDelivery: withheld, channel: channel);

        await Worker.AnnounceAsync(Id);

        Assert.Equal(AssetState.Absent, (await Worker.SettledAsync(Id)).State);
        Assert.False(_world.IsStored(Id));
        Assert.Contains((await Worker.ViewAsync(Id))!.History, h => h.What == "nothing to do");
        await _world.AssertQuietAsync();
    }

    [Fact]
    public async Task Source_that_an_event_named_after_the_ingest_stays()
    {
        _world.Put("old", Size, seed: 1);
        var jp2 = _world.Put("new", Size, seed: 2);
        var announced = Now.AddSeconds(-10);
        await _dlcs.PutAsync(Id, ingesting: true, s3: CopyWorld.Uri("old"));
        await Worker.AnnounceAsync(Id, announced);
        await Worker.WaitsAsync(Id, "DLCS is ingesting it");
        await Worker.QueryAsync<int?>("update asset set source = @source, source_at = now()", new { source = CopyWorld.Uri("new") });

        await _dlcs.PutAsync(Id, finished: announced.AddSeconds(5), s3: CopyWorld.Uri("old"));

        await _world.AssertCopiedAsync(jp2, await Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Ingest_that_outlasts_the_deadline_is_said_and_its_source_looked_at_as_it_is()
    {
        var jp2 = _world.Put("foo", Size);
        await Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        await _dlcs.PutAsync(Id, ingesting: true, s3: CopyWorld.Uri("foo"));
        // As if it had been sent that long ago, and what came of the copy before.
        await Worker.QueryAsync<int?>("update asset set changed_at = now() - interval '1 day'");

        await Worker.AnnounceAsync(Id, Now.AddHours(-3));

        await _world.AssertCopiedAsync(jp2, await Worker.SettledAsync(Id));
        Assert.Contains((await Worker.ViewAsync(Id))!.History, h => h.What == "ingest overdue" && h.Detail!.Contains("DLCS is ingesting it", StringComparison.Ordinal));
        Assert.Contains(Worker.Log, l => l.Contains("can't be seen to be over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_that_is_away_is_waited_for()
    {
        var jp2 = _world.Put("foo", Size);
        await _dlcs.PutAsync(Id, finished: Now.AddMinutes(1), s3: CopyWorld.Uri("foo"));
        await _dlcs.GoAwayAsync();

        await Worker.AnnounceAsync(Id);
        await Worker.WaitsAsync(Id, "DLCS's database can't be read");

        await _dlcs.ComeBackAsync();
        await _world.AssertCopiedAsync(jp2, await Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Worker_that_goes_while_it_waits_leaves_the_wait_to_the_next()
    {
        var jp2 = _world.Put("foo", Size);
        await _dlcs.PutAsync(Id, ingesting: true, s3: CopyWorld.Uri("foo"));
        await Worker.AnnounceAsync(Id);
        await Worker.WaitsAsync(Id, "DLCS is ingesting it");
        await _world.StopAsync(Worker);

        await _dlcs.PutAsync(Id, finished: Now.AddMinutes(1), s3: CopyWorld.Uri("foo"));
        await _world.AddWorkerAsync($"Dlcs:Database={_dlcs.ConnectionString}");

        await _world.AssertCopiedAsync(jp2, await Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Whoever_wants_the_asset_meanwhile_gets_the_copy_before_at_once()
    {
        var old = _world.Put("foo", Size);
        await Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        await _dlcs.PutAsync(Id, ingesting: true, s3: CopyWorld.Uri("foo"));
        await Worker.AnnounceAsync(Id);
        await Worker.WaitsAsync(Id, "DLCS is ingesting it");

        // It would wait for longer than this test may last.
        var view = await Worker.Api.EnsureAsync(Id, TimeSpan.FromMinutes(2));

        Assert.Equal(old.Length, view.Copy!.Bytes);
        Assert.Equal("await", view.Plan!.Stage);
        await Eventually.TrueAsync(async () => (await Worker.ViewAsync(Id))!.Use.Hits == 1, "the use is counted");
    }

    [Fact]
    public async Task Use_of_an_asset_without_a_copy_lets_it_wait_in_a_more_urgent_lane()
    {
        _world.Put("foo", Size);
        await _dlcs.PutAsync(Id, ingesting: true, s3: CopyWorld.Uri("foo"));
        await Worker.AnnounceAsync(Id);
        await Worker.WaitsAsync(Id, "DLCS is ingesting it");

        await Worker.Api.SendAsync([new InfoJsonRequested { Id = Id }]);

        await Eventually.TrueAsync(async () => (await Worker.ViewAsync(Id))!.Plan is { Stage: "await", Lane: Lane.Hit }, "lifted");
        await Worker.WaitsAsync(Id, "DLCS is ingesting it");
        Assert.False(_world.IsStored(Id));
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _dlcs.DisposeAsync();
    }
}
