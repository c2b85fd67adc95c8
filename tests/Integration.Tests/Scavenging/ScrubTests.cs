using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.Purging;
using Understudy.Integration.Tests.Schedules;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging;
using Understudy.Scavenging.Scrubbing;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>Copies that are read again, by a worker that has nothing else to do.</summary>
public sealed class ScrubTests(PostgresServer postgres)
{
    private const int Bytes = 100_000;

    [Fact]
    public async Task Copy_that_changed_on_the_disk_is_copied_again_and_sound_ones_are_read_unseen()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await FillAsync(world, 3);
        var wanted = world.Stored(ids[1]);
        Spoil(world, ids[1]);
        var unused = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastAccessTimeUtc(world.PathOf(ids[0]), unused);

        var note = await NotedRun.DoneAsync(world.Worker, "scrub");

        Assert.Contains("2 copies are sound, 1 rotten, 0 unreadable; 0 left alone; all were checked", note, StringComparison.Ordinal);
        Assert.Equal(unused, File.GetLastAccessTimeUtc(world.PathOf(ids[0])));
        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0, "copied again");
        Assert.True(wanted.AsSpan().SequenceEqual(world.Stored(ids[1])));
        Assert.Equal(1, await world.Worker.QueryAsync<long>("select count(*) from history where what = 'rotten' and asset_id = '2/5/a1' and detail like 'its file has 100000 bytes with CRC-32C%, the copy has 100000 bytes with%'"));
        Assert.Single(world.Worker.Log, l => l.StartsWith("Error: 2/5/a1 is rotten: its file has", StringComparison.Ordinal));
        Assert.Contains("3 copies are sound", await NotedRun.DoneAsync(world.Worker, "scrub"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_missing_or_has_another_length_is_copied_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await FillAsync(world, 3);
        File.Delete(world.PathOf(ids[0]));
        await File.AppendAllTextAsync(world.PathOf(ids[1]), "x");
        await File.WriteAllBytesAsync(world.PathOf(ids[2]), []);

        Assert.Contains("0 copies are sound, 3 rotten", await NotedRun.DoneAsync(world.Worker, "scrub"), StringComparison.Ordinal);

        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0, "copied again");
        Assert.Contains("3 copies are sound", await NotedRun.DoneAsync(world.Worker, "scrub"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_with_a_live_plan_is_left_alone_and_one_that_was_given_up_is_not()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await FillAsync(world, 3);
        foreach (var id in ids)
            Spoil(world, id);
        await world.Worker.QueryAsync<string>(
            """
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, dead_at) values
              ('2/5/a0', 2, 'present', 'copy', 4, 1, now() + interval '1 hour', null),
              ('2/5/a1', 2, 'absent', 'evict', 4, 1, now() + interval '1 hour', null),
              ('2/5/a2', 2, 'present', 'copy', 4, 1, now(), now())
            """);

        Assert.Contains("0 copies are sound, 1 rotten, 0 unreadable; 2 left alone", await NotedRun.DoneAsync(world.Worker, "scrub"), StringComparison.Ordinal);

        await Eventually.TrueAsync(async () => await PlansAsync(world) == 2, "the dead plan is done");
        Assert.Equal("2/5/a2", await world.Worker.QueryAsync<string>("select string_agg(asset_id, ' ') from history where what = 'rotten'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_that_is_replaced_or_planned_anew_while_it_is_read_is_left_alone(bool replaced)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var id = (await FillAsync(world, 1))[0];
        Spoil(world, id);
        var newer = world.Put($"{id}", 2 * Bytes, seed: 7);
        var job = Job(world, async _ =>
        {
            if (replaced)
                await ReplaceAsync(world, id);
            else
                await world.Worker.QueryAsync<string>("insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) values ('2/5/a0', 2, 'present', 'copy', 4, 1, now() + interval '1 hour')");
        });

        var outcome = Assert.IsType<JobOutcome.Done>(await job.RunAsync(NotedRun.From(), CancellationToken.None));

        Assert.Contains("0 copies are sound, 0 rotten, 0 unreadable; 1 left alone", outcome.Note, StringComparison.Ordinal);
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from history where what = 'rotten'"));
        Assert.Equal(replaced, newer.AsSpan().SequenceEqual(world.Stored(id)));
    }

    [Fact]
    public async Task Night_reads_no_more_than_its_bytes_and_the_next_one_goes_on_with_the_oldest_check()
    {
        await using var world = await CopyWorld.StartAsync(postgres, $"Scavenging:ScrubBytes={5 * Bytes / 2}");
        await FillAsync(world, 5);
        await world.Worker.QueryAsync<string>("update copy set checked_at = case asset_id when '2/5/a3' then null when '2/5/a1' then timestamptz '2020-01-01' when '2/5/a4' then '2021-01-01' else '2022-01-01' end");

        Assert.Contains("2 copies are sound", await NotedRun.DoneAsync(world.Worker, "scrub"), StringComparison.Ordinal);
        Assert.Equal("2/5/a1 2/5/a3", await SinceAsync(world, "2026-01-01"));
        // A night that was cut short after the first: one more is left of its bytes.
        Assert.Contains("1 copies are sound", await NotedRun.DoneAsync(world.Worker, "scrub", $"{Bytes}"), StringComparison.Ordinal);
        Assert.Equal("2/5/a1 2/5/a3 2/5/a4", await SinceAsync(world, "2026-01-01"));
        Assert.Contains("0 copies are sound", await NotedRun.DoneAsync(world.Worker, "scrub", $"{2 * Bytes}"), StringComparison.Ordinal);
        Assert.Contains("2 copies are sound", await NotedRun.DoneAsync(world.Worker, "scrub", "nonsense"), StringComparison.Ordinal);
        Assert.Equal("2/5/a0 2/5/a1 2/5/a2 2/5/a3 2/5/a4", await SinceAsync(world, "2026-01-01"));
    }

    [Fact]
    public async Task Run_that_is_stopped_is_taken_up_by_its_checks_and_its_checkpoint()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 3);
        using var stop = new CancellationTokenSource();
        var run = new NotedRun { Due = TimeProvider.System.GetUtcNow(), OnNote = stop.Cancel };
        var job = world.Worker.Services.GetServices<IJob>().OfType<ScrubJob>().Single();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.RunAsync(run, stop.Token));
        Assert.Equal([$"{Bytes}"], run.Checkpoints);
        var again = new NotedRun { Due = run.Due, Checkpoint = run.Checkpoints[0] };
        await job.RunAsync(again, CancellationToken.None);

        Assert.Equal([$"{2 * Bytes}", $"{3 * Bytes}"], again.Checkpoints);
    }

    [Fact]
    public async Task Store_that_cannot_be_read_ends_the_run_and_is_no_rot_and_the_next_run_begins_with_others()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 11);
        var seen = new List<string>();
        var job = Job(world, copy =>
        {
            seen.Add(copy.Id);
            throw new IOException("EIO");
        });

        var outcome = Assert.IsType<JobOutcome.Failed>(await job.RunAsync(NotedRun.From(), CancellationToken.None));

        Assert.EndsWith("0 rotten, 10 unreadable; 0 left alone; the store can't be read: EIO", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await PlansAsync(world));
        await job.RunAsync(NotedRun.From(), CancellationToken.None);
        Assert.Equal(11, seen.Take(11).Distinct().Count());
    }

    [Fact]
    public async Task Oldest_checks_are_found_by_their_index()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await catalogue.ExecuteAsync(
            """
            insert into copy (asset_id, path, bytes, source, etag, crc32c, generation, checked_at)
            select '1/1/' || i, i || '.jp2', 100, 's3://bucket/key', '"e"', i, 1, case when i % 3 > 0 then now() - i * interval '1 second' end from generate_series(1, 20000) i;
            analyze copy
            """);
        var statement = Sql.Named("Scavenging.Scrubbing.Oldest")
            .Replace("@at", "now() - interval '1 hour'", StringComparison.Ordinal).Replace("@id", "''", StringComparison.Ordinal)
            .Replace("@before", "now()", StringComparison.Ordinal).Replace("@most", "100", StringComparison.Ordinal);

        var plan = string.Join('\n', await catalogue.ListAsync<string>($"explain {statement}"));

        Assert.Contains("Index Scan using copy_checked", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caches_forget_what_was_made_of_rotten_bytes_though_the_copy_comes_back_as_it_was()
    {
        await using var world = await PurgingWorld.StartAsync(postgres, nodes: 1);
        var id = AssetId.Parse("2/5/a0");
        world.Copies.Put($"{id}", PurgingWorld.Small);
        await world.Worker.CopyAsync(id, CopyWorld.Uri($"{id}"));
        await Eventually.TrueAsync(async () => await PlansAsync(world.Copies) == 0, "warmed");
        Spoil(world.Copies, id);

        Assert.Contains("1 rotten", await NotedRun.DoneAsync(world.Worker, "scrub"), StringComparison.Ordinal);

        await Eventually.TrueAsync(async () => await PlansAsync(world.Copies) == 0, "copied, purged and warmed");
        Assert.NotNull((await world.Api.FindAsync(id))!.Purge!.DoneAt);
        Assert.Equal(1, await world.Worker.QueryAsync<long>("select count(*) from history where what = 'purge asked for' and detail = 'the copy was rotten'"));
    }

    private static ScrubJob Job(CopyWorld world, Func<StoredCopy, Task> beforeVerdict) => new(
        world.Worker.Services.GetRequiredService<Rot>(), world.Worker.Services.GetRequiredService<StoreFolder>(), new ScavengingOptions(), TimeProvider.System, NullLogger<ScrubJob>.Instance)
    {
        BeforeVerdict = beforeVerdict,
    };

    private static async Task<AssetId[]> FillAsync(CopyWorld world, int count)
    {
        var ids = Enumerable.Range(0, count).Select(i => AssetId.Parse($"2/5/a{i}")).ToArray();
        foreach (var (i, id) in ids.Index())
        {
            world.Put($"{id}", Bytes, seed: i + 1);
            Assert.Equal(AssetState.Present, (await world.Worker.CopyAsync(id, CopyWorld.Uri($"{id}"))).State);
        }

        return ids;
    }

    private static async Task ReplaceAsync(CopyWorld world, AssetId id)
    {
        await world.Worker.IngestAsync(id, CopyWorld.Uri($"{id}"));
        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0, "replaced");
    }

    private static void Spoil(CopyWorld world, AssetId id)
    {
        using var file = File.OpenHandle(world.PathOf(id), FileMode.Open, FileAccess.ReadWrite);
        var one = new byte[1];
        RandomAccess.Read(file, one, Bytes / 10);
        one[0] ^= 1;
        RandomAccess.Write(file, one, Bytes / 10);
    }

    private static Task<long> PlansAsync(CopyWorld world) => world.Worker.QueryAsync<long>("select count(*) from plan");

    private static Task<string> SinceAsync(CopyWorld world, string since) =>
        world.Worker.QueryAsync<string>("select string_agg(asset_id, ' ' order by asset_id) from copy where checked_at > @since::timestamptz", new { since });
}
