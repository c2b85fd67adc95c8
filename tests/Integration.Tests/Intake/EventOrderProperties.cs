using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Intake;

/// <summary>A failure prints the history, the way it was mixed up, and the seed to replay.</summary>
public sealed class EventOrderProperties(PostgresServer postgres)
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Events_shuffled_doubled_and_cut_into_batches_end_as_they_do_in_order()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await using var node = new Node(catalogue);
        var asset = 0;

        Prop.ForAll(Mixes.ToArbitrary(), mix => Task.Run(async () =>
        {
            var (straight, mixed) = (Samples.Asset($"straight{++asset}"), Samples.Asset($"mixed{asset}"));
            foreach (var what in mix.History.Index())
                await node.AcceptAsync(Event(straight, what.Item, what.Index));
            foreach (var batch in mix.Batches)
                await node.AcceptAsync([.. batch.Select(i => Event(mixed, mix.History[i], i))]);

            Assert.Equal(await EndAsync(catalogue, straight), await EndAsync(catalogue, mixed));
        }).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static Gen<Mix> Mixes =>
        from history in Gen.Choose(0, 4).ArrayOf().Where(h => h.Length is > 0 and < 9)
        from twice in Gen.SubListOf(Enumerable.Range(0, history.Length))
        from order in Gen.Shuffle(Enumerable.Range(0, history.Length).Concat(twice))
        from size in Gen.Choose(1, 4)
        select new Mix(history, [.. order.Chunk(size)]);

    private static AssetEvent Event(AssetId id, int what, int at)
    {
        var time = Start.AddMinutes(at);
        return what switch
        {
            0 => new AssetDeleted { Id = id, At = time },
            1 => new SourceUpdated { Id = id, At = time },
            2 => new SourceUpdated { Id = id, Source = $"s3://b/{at}", At = time },
            3 => new AssetIngested { Id = id, At = time },
            _ => new AssetIngested { Id = id, Source = $"s3://b/{at}", At = time },
        };
    }

    private static async Task<string> EndAsync(TestCatalogue catalogue, AssetId id) => await catalogue.AskAsync<string>(
        "select concat_ws(' ', 'deleted', a.deleted, 'from', a.source, 'at', a.changed_at, 'plan', p.goal, p.stage) from asset a join plan p on p.asset_id = a.id where a.id = @id",
        new { id = id.ToString() });

    /// <param name="History">What happened, one a minute.</param>
    /// <param name="Batches">In which order it came.</param>
    private sealed record Mix(int[] History, int[][] Batches)
    {
        public override string ToString() => $"history {string.Join(' ', History)}; came as {string.Join(" | ", Batches.Select(b => string.Join(' ', b)))}";
    }
}
