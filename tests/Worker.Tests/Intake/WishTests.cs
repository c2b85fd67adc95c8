using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Intake;

namespace Understudy.Worker.Tests.Intake;

public sealed class WishTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly DateTimeOffset Received = new(2020, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>No two of a list are of the same time.</summary>
    private static readonly Arbitrary<Wish[]> Histories =
        (from whats in Gen.Choose(0, 7).ArrayOf()
         from order in Gen.Shuffle(Enumerable.Range(0, whats.Length))
         select order.Select(i => Wish.From(Event(whats[i], i - whats.Length), Received)).ToArray()).ToArbitrary();

    [Fact]
    public void Merging_gives_the_same_in_every_order_and_grouping() =>
        Prop.ForAll(Histories, Gen.Choose(1, 5).ToArbitrary(), (wishes, size) =>
        {
            if (wishes.Length == 0)
                return;
            var inOrder = Merge(wishes.OrderBy(w => w.Change?.At ?? DateTimeOffset.MinValue));
            Assert.Equal(inOrder, Merge(wishes));
            Assert.Equal(inOrder, Merge(wishes.Chunk(size).Select(Merge)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Time_that_is_still_to_come_is_when_it_was_received() =>
        Assert.Equal(Received, Wish.From(new AssetDeleted { Id = Id, At = Received.AddHours(1) }, Received).Change!.At);

    [Fact]
    public void Time_of_another_zone_is_the_same_time() =>
        Assert.Equal(Received.AddHours(-2), Wish.From(new AssetDeleted { Id = Id, At = new(2020, 1, 1, 20, 0, 0, TimeSpan.FromHours(10)) }, Received).Change!.At);

    [Fact]
    public void Changes_of_the_same_time_end_as_the_later_one_says()
    {
        var merged = Wish.From(new AssetIngested { Id = Id, Source = "s3://b/1", At = Received }, Received)
            .And(Wish.From(new SourceUpdated { Id = Id, Source = "s3://b/2", At = Received }, Received));

        Assert.Equal((Goal.Refreshed, "s3://b/2"), (merged.Change!.Goal, merged.Change.Source!.Uri));
    }

    [Fact]
    public void Announced_ingest_waits_unless_something_at_least_as_new_has_happened()
    {
        var announced = Wish.From(new IngestStarted { Id = Id, At = Received }, Received);
        var before = Wish.From(new SourceUpdated { Id = Id, Source = "s3://b/1", At = Received.AddMinutes(-1) }, Received);
        var sameTime = Wish.From(new AssetIngested { Id = Id, At = Received }, Received);

        Assert.Equal(("await", "s3://b/1"), (before.And(announced).Change!.Stage, before.And(announced).Change!.Source!.Uri));
        Assert.Equal(before.And(announced), announced.And(before));
        Assert.Equal("copy", announced.And(sameTime).Change!.Stage);
        Assert.Equal("copy", sameTime.And(announced).Change!.Stage);
    }

    private static Wish Merge(IEnumerable<Wish> wishes) => wishes.Aggregate((one, other) => one.And(other));

    private static AssetEvent Event(int what, int minute) => what switch
    {
        0 => new AssetDeleted { Id = Id, At = Received.AddMinutes(minute) },
        1 => new SourceUpdated { Id = Id, At = Received.AddMinutes(minute) },
        2 => new SourceUpdated { Id = Id, Source = $"s3://b/{minute}", At = Received.AddMinutes(minute) },
        3 => new AssetIngested { Id = Id, At = Received.AddMinutes(minute), Lane = Lane.Bulk },
        4 => new AssetIngested { Id = Id, Source = $"s3://b/{minute}", At = Received.AddMinutes(minute) },
        5 => new IngestStarted { Id = Id, At = Received.AddMinutes(minute) },
        _ => new InfoJsonRequested { Id = Id },
    };
}
