using Understudy.Contracts;
using Understudy.Intake;

namespace Understudy.Worker.Tests.Intake;

public sealed class EventRulesTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("s3://b/\0", "control characters")]
    [InlineData("s3://b/\n", "control characters")]
    public void Source_that_no_catalogue_could_hold_is_refused(string source, string because)
    {
        Assert.Contains(because, EventRules.Check(new AssetIngested { Id = Id, Source = source }), StringComparison.Ordinal);
        Assert.Contains(because, EventRules.Check(new SourceUpdated { Id = Id, Source = source }), StringComparison.Ordinal);
    }

    [Fact]
    public void Source_with_half_of_a_surrogate_pair_is_refused() =>
        Assert.All(["s3://b/\ud800", "s3://b/\udc00x", "\ud800\ud800\udc00"], source =>
            Assert.Contains("valid Unicode", EventRules.Check(new SourceUpdated { Id = Id, Source = source }), StringComparison.Ordinal));

    [Fact]
    public void Source_of_the_greatest_length_is_fine_and_one_character_more_is_not()
    {
        Assert.Null(EventRules.Check(new SourceUpdated { Id = Id, Source = new string('s', EventRules.MaxSourceLength) }));
        Assert.Contains("4097 characters", EventRules.Check(new SourceUpdated { Id = Id, Source = new string('s', EventRules.MaxSourceLength + 1) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_is_no_lane_for_events() =>
        Assert.Contains("waiting", EventRules.Check(new AssetIngested { Id = Id, Lane = Lane.Waiting }), StringComparison.Ordinal);

    [Fact]
    public void Lane_that_no_plan_has_is_refused() =>
        Assert.Contains("lane", EventRules.Check(new AssetIngested { Id = Id, Lane = (Lane)9 }), StringComparison.Ordinal);

    [Theory]
    [InlineData("cdn,internalCache", null), InlineData("CDN", null), InlineData("InternalCache,internalcache", null), InlineData(null, "deleteFrom holds null")]
    [InlineData("varnish", "deleteFrom holds 'varnish'; use cdn and internalCache, or leave it out for all caches"), InlineData("cdn,None", "holds 'None'"), InlineData("", "holds ''")]
    public void Deletion_names_caches_that_there_are(string? deleteFrom, string? because)
    {
        var broken = EventRules.Check(new AssetDeleted { Id = Id, DeleteFrom = deleteFrom?.Split(',') ?? [null!] });

        Assert.Contains(because ?? "", broken ?? "", StringComparison.Ordinal);
        Assert.Equal(because is null, broken is null);
    }

    [Fact]
    public void Deletion_from_no_cache_is_fine() => Assert.Null(EventRules.Check(new AssetDeleted { Id = Id, DeleteFrom = [] }));

    [Fact]
    public void Event_of_no_asset_is_refused() =>
        Assert.Contains("id is missing", EventRules.Check(new InfoJsonRequested { Id = default }), StringComparison.Ordinal);

    [Fact]
    public void Event_of_every_type_is_fine_without_its_options()
    {
        Assert.Null(EventRules.Check(new InfoJsonRequested { Id = Id }));
        Assert.Null(EventRules.Check(new AssetIngested { Id = Id, Source = "s3://b/\U0001F5BC.jp2" }));
        Assert.Null(EventRules.Check(new SourceUpdated { Id = Id }));
        Assert.Null(EventRules.Check(new AssetDeleted { Id = Id }));
    }
}
