using Microsoft.Extensions.Logging.Abstractions;
using Understudy.Contracts;
using Understudy.Dlcs;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Dlcs;

public sealed class DlcsDatabaseTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly DateTimeOffset Finished = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private FakeDlcs _dlcs = null!;
    private DlcsDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _dlcs = await FakeDlcs.CreateAsync(postgres);
        _database = new DlcsDatabase(_dlcs.ConnectionString, NullLoggerFactory.Instance);
    }

    [Fact]
    public async Task Asset_is_read_as_it_stands()
    {
        await _dlcs.PutAsync(Id, ingesting: true, finished: Finished, s3: "s3://b/2/5/foo", error: "late");

        Assert.Equal(new DlcsImage(true, Finished, "late", "s3://b/2/5/foo", IsForDelivery: true), await _database.FindAsync(Id, CancellationToken.None));
    }

    [Fact]
    public async Task Time_without_a_zone_is_UTC()
    {
        await _dlcs.ExecuteAsync("""alter table "Images" alter column "Finished" type timestamp using "Finished" at time zone 'utc'""");
        await _dlcs.ExecuteAsync("""insert into "Images" values ('2/5/foo', 2, 5, null, false, '2026-01-02 03:04:05', null, false)""");

        Assert.Equal(Finished, (await _database.FindAsync(Id, CancellationToken.None))!.Finished);
    }

    [Fact]
    public async Task Asset_without_location_holds_no_JP2()
    {
        await _dlcs.PutAsync(Id);

        Assert.Equal(new DlcsImage(false, null, "", "", IsForDelivery: true), await _database.FindAsync(Id, CancellationToken.None));
        Assert.Null(await _database.FindAsync(AssetId.Parse("2/5/bar"), CancellationToken.None));
    }

    [Fact]
    public async Task Of_some_ids_those_that_have_a_row_exist()
    {
        await _dlcs.PutAsync(Id);

        Assert.Equal([Id], await _database.ExistingAsync([AssetId.Parse("2/5/bar"), Id], CancellationToken.None));
    }

    [Fact]
    public async Task Batch_of_any_size_brings_what_is_worth_a_copy()
    {
        await _dlcs.ExecuteAsync("""
            insert into "Images" select '2/5/a' || n, 2, 5, 7, false, now(), null, false from generate_series(1, 2500) n;
            insert into "ImageLocation" select "Id", 's3://b/' || "Id" from "Images";
            insert into "ImageDeliveryChannels" ("ImageId", "Channel") select "Id", 'iiif-img' from "Images";
            """);
        await _dlcs.PutAsync(AssetId.Parse("2/5/empty"), s3: "", batch: 7);
        await _dlcs.PutAsync(AssetId.Parse("2/5/withheld"), s3: "s3://b/k", batch: 7, notForDelivery: true);
        await _dlcs.PutAsync(AssetId.Parse("2/5/file"), s3: "s3://b/k", batch: 7, channel: "file");
        await _dlcs.PutAsync(AssetId.Parse("2/5/other-batch"), s3: "s3://b/k", batch: 8);
        await _dlcs.PutAsync(AssetId.Parse("3/5/other-customer"), s3: "s3://b/k", batch: 7);

        var sources = await _database.BatchAsync(2, 7, CancellationToken.None).ToListAsync();

        Assert.Equal(2500, sources.Select(s => s.Id).Distinct().Count());
        Assert.Equal(2500, sources.Count);
        Assert.All(sources, s => Assert.Equal($"s3://b/{s.Id}", s.S3));
    }

    [Fact]
    public async Task Database_that_is_away_leaves_the_worker_ready_and_says_so()
    {
        await using var world = await CopyWorld.StartAsync(postgres, $"Dlcs:Database={_dlcs.ConnectionString}");
        await _dlcs.GoAwayAsync();
        using var http = new HttpClient { BaseAddress = world.Worker.Address };

        using var answer = await http.GetAsync("/health/ready");

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains("\"name\":\"dlcs\",\"status\":\"degraded\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _dlcs.DisposeAsync();
    }
}
