using Dapper;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Queues;

public sealed class KilledReceiverTests(PostgresServer postgres, FauxqsServer emulator)
{
    private const int Messages = 400;

    /// <summary>Where it is killed is random on purpose; CRASH_SEED replays the pauses.</summary>
    [Fact]
    public async Task Workers_killed_with_messages_in_hand_lose_none_and_copy_each_once()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CRASH_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"CRASH_SEED={seed}");
        var random = new Random(seed);
        await using var world = await QueueWorld.StartAsync(postgres, emulator, visibility: 2, workers: 0, deliveries: 1000);
        var ids = Enumerable.Range(0, Messages).Select(i => AssetId.Parse($"2/5/{i}")).ToArray();
        await using var first = world.NewProcess("first");
        await using var second = world.NewProcess("second");
        first.Start();
        second.Start();

        var sending = Task.Run(async () =>
        {
            foreach (var some in ids.Chunk(10))
                await world.SendAsync([.. some.Select(id => QueueWorld.Ingested(id, world.Put(id)))]);
        });
        for (var round = 0; round < 6; round++)
        {
            var victim = random.Next(2) == 0 ? first : second;
            Assert.True(await victim.ReadyAsync(TimeSpan.FromSeconds(60)), victim.LogTail(20));
            await Task.Delay(random.Next(1, 400));
            await victim.KillAsync();
            victim.Start();
        }

        await sending;
        await world.EmptyAsync();
        await using var catalogue = new NpgsqlConnection(world.Catalogue);
        await Eventually.TrueAsync(async () => await catalogue.ExecuteScalarAsync<long>("select count(*) from plan") == 0, "every plan done");
        Assert.Equal(Messages, await catalogue.ExecuteScalarAsync<long>("select count(*) from copy"));
        // Copied once; again ("replaced") or taken over only where a worker was killed between publishing a file and saying so.
        Assert.Empty(await catalogue.QueryAsync<string>(
            "select asset_id || ': ' || string_agg(what, ', ' order by at) from history group by asset_id having count(*) filter (where what in ('copied', 'replaced', 'adopted')) <> 1"));
        Assert.Equal(0, (await world.Sqs.DescribeAsync(world.DeadLettersUrl, CancellationToken.None)).Waiting);
    }
}
