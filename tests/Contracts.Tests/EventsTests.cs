using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Understudy.Contracts.Tests;

public sealed class EventsTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    private static readonly Arbitrary<AssetEvent> Events =
        (from what in Gen.Choose(0, 3)
         from asset in Gen.Choose(0, 1_000)
         from at in Gen.OneOf(Gen.Constant((DateTimeOffset?)null), Gen.Choose(0, int.MaxValue).Select(s => (DateTimeOffset?)DateTimeOffset.UnixEpoch.AddSeconds(s).AddTicks(s).ToOffset(TimeSpan.FromHours(s % 14))))
         from source in Gen.Elements(null, "s3://bucket/key", "file:///a%20b.jp2")
         from lane in Gen.OneOf(Gen.Constant((Lane?)null), Gen.Elements(Enum.GetValues<Lane>()).Select(l => (Lane?)l))
         let id = AssetId.Parse($"2/5/{asset}")
         select what switch
         {
             0 => new InfoJsonRequested { Id = id, At = at },
             1 => new AssetIngested { Id = id, At = at, Source = source, Lane = lane },
             2 => new SourceUpdated { Id = id, At = at, Source = source },
             _ => (AssetEvent)new AssetDeleted { Id = id, At = at },
         }).ToArbitrary();

    [Fact]
    public void Event_comes_back_as_it_was() => Prop.ForAll(Events, happened =>
    {
        var json = JsonSerializer.Serialize(happened, Wire.Json);
        Assert.Equal(happened, JsonSerializer.Deserialize<AssetEvent>(json, Wire.Json));
        Assert.Equal(happened, JsonSerializer.Deserialize<AssetEvent>(json, Lenient()));
        Assert.Equal(happened, Assert.Single(JsonSerializer.Deserialize<AssetEvent[]>($"[{json}]", Wire.Json)!));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Event_is_written_as_documented() => Assert.Equal(
        """{"type":"AssetIngested","source":"s3://bucket/key","lane":"bulk","id":"2/5/foo","at":"2026-11-22T07:00:00+00:00"}""",
        JsonSerializer.Serialize<AssetEvent>(new AssetIngested { Id = Id, Source = "s3://bucket/key", Lane = Lane.Bulk, At = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero) }, Wire.Json));

    [Theory]
    [InlineData("""{"type":"AssetDeleted","deleteFrom":["cdn","internalCache"],"id":"2/5/foo"}""", "cdn,internalCache")]
    [InlineData("""{"type":"AssetDeleted","deleteFrom":[],"id":"2/5/foo"}""", "")]
    [InlineData("""{"type":"AssetDeleted","id":"2/5/foo"}""", null)]
    public void Deletion_says_which_caches_it_means_or_nothing_for_all(string json, string? caches)
    {
        var deleted = Assert.IsType<AssetDeleted>(JsonSerializer.Deserialize<AssetEvent>(json, Wire.Json));

        Assert.Equal(caches, deleted.DeleteFrom is null ? null : string.Join(',', deleted.DeleteFrom));
        Assert.Equal(json, JsonSerializer.Serialize<AssetEvent>(deleted, Wire.Json));
    }

    [Fact]
    public void Type_may_stand_anywhere() =>
        Assert.Equal(new AssetDeleted { Id = Id }, JsonSerializer.Deserialize<AssetEvent>("""{"id":"2/5/foo","type":"AssetDeleted"}""", Wire.Json));

    [Theory]
    [InlineData("""{"type":"AssetVanished","id":"2/5/foo"}"""), InlineData("""{"type":"assetDeleted","id":"2/5/foo"}"""), InlineData("""{"type":null,"id":"2/5/foo"}""")]
    [InlineData("""{"type":"AssetDeleted"}"""), InlineData("""{"type":"AssetDeleted","id":null}"""), InlineData("""{"type":"AssetDeleted","id":"2/5"}""")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","lane":4}"""), InlineData("""{"type":"AssetIngested","id":"2/5/foo","lane":"fast"}""")]
    [InlineData("""{"type":"AssetDeleted","id":"2/5/foo","at":"yesterday"}""")]
    public void Event_that_is_none_is_refused_by_strict_and_lenient_readers(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AssetEvent>(json, Wire.Json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AssetEvent>(json, Lenient()));
    }

    [Fact]
    public void Event_without_a_type_is_refused() =>
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<AssetEvent>("""{"id":"2/5/foo"}""", Wire.Json));

    [Fact]
    public void Member_that_nobody_knows_is_refused_by_the_strict_reader_and_passed_over_by_the_lenient_one()
    {
        const string Newer = """{"type":"AssetDeleted","id":"2/5/foo","reason":"tidying"}""";

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AssetEvent>(Newer, Wire.Json));
        Assert.Equal(new AssetDeleted { Id = Id }, JsonSerializer.Deserialize<AssetEvent>(Newer, Lenient()));
    }

    private static JsonSerializerOptions Lenient() => Wire.Lenient(new JsonSerializerOptions());
}
