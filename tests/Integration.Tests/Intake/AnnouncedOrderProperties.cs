using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Intake;

namespace Understudy.Integration.Tests.Intake;

/// <summary>
/// As <see cref="EventOrderProperties"/>, with ingests that are announced before they happen, images that are asked for in between,
/// and messages that come again long after all others. A failure prints the history, the way it was mixed up, and the seed to replay.
/// </summary>
public sealed class AnnouncedOrderProperties(PostgresServer postgres)
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private enum What
    {
        Deleted,
        SourceUpdated,
        SourceNamed,
        IngestDone,
        IngestDoneNamed,
        IngestStarted,

        /// <summary>At the very time of the event after it.</summary>
        IngestStartedWithNext,

        /// <summary>At the very time of the event before it.</summary>
        IngestStartedWithLast,
        Used,
    }

    [Fact]
    public async Task Announced_and_finished_ingests_in_any_order_end_as_they_do_in_order()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await using var node = new Node(catalogue);
        var asset = 0;

        Prop.ForAll(Mixes.ToArbitrary(), mix => Task.Run(async () =>
        {
            var (straight, mixed) = (Samples.Asset($"straight{++asset}"), Samples.Asset($"mixed{asset}"));
            foreach (var i in Enumerable.Range(0, mix.History.Length))
                await node.AcceptAsync(Event(straight, mix.History, i));
            foreach (var batch in mix.Batches)
                await node.AcceptAsync([.. batch.Select(i => Event(mixed, mix.History, i))]);

            Assert.Equal(await EndAsync(catalogue, straight), await EndAsync(catalogue, mixed));
        }).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    private static Gen<Mix> Mixes =>
        from history in Gen.Elements(Enum.GetValues<What>()).ArrayOf().Where(h => h.Length is > 0 and < 10)
        from twice in Gen.SubListOf(Enumerable.Range(0, history.Length))
        from lost in Gen.SubListOf(Enumerable.Range(0, history.Length))
        from order in Gen.Shuffle(Enumerable.Range(0, history.Length).Except(lost).Concat(twice))
        from late in Gen.Shuffle(lost.AsEnumerable())
        from size in Gen.Choose(1, 4)
        select new Mix(history, [.. order.Concat(late).Chunk(size)]);

    private static AssetEvent Event(AssetId id, What[] history, int i)
    {
        var time = Start.AddMinutes(i);
        return history[i] switch
        {
            What.Deleted => new AssetDeleted { Id = id, At = time },
            What.SourceUpdated => new SourceUpdated { Id = id, At = time },
            What.SourceNamed => new SourceUpdated { Id = id, Source = $"s3://b/{i}", At = time },
            What.IngestDone => new AssetIngested { Id = id, At = time },
            What.IngestDoneNamed => new AssetIngested { Id = id, Source = $"s3://b/{i}", At = time },
            What.IngestStarted => new IngestStarted { Id = id, At = time },
            What.IngestStartedWithNext => new IngestStarted { Id = id, At = time.AddMinutes(1) },
            What.IngestStartedWithLast => new IngestStarted { Id = id, At = time.AddMinutes(-1) },
            _ => new InfoJsonRequested { Id = id },
        };
    }

    private static async Task<string> EndAsync(TestCatalogue catalogue, AssetId id) => await catalogue.AskAsync<string>(
        """
        select concat_ws(' ', 'deleted', a.deleted, 'from', a.source, 'at', a.changed_at, 'announced', a.announced, 'plan', p.goal, p.stage, 'since', p.awaited_since)
        from asset a join plan p on p.asset_id = a.id where a.id = @id
        """,
        new { id = id.ToString() });

    /// <param name="History">What happened, one a minute.</param>
    /// <param name="Batches">In which order it came.</param>
    private sealed record Mix(What[] History, int[][] Batches)
    {
        public override string ToString() => $"history {string.Join(' ', History)}; came as {string.Join(" | ", Batches.Select(b => string.Join(' ', b)))}";
    }
}
