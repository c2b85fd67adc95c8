using System.Text.Json;

namespace Understudy.Contracts.Tests;

public sealed class EventsTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly DateTimeOffset At = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    public static TheoryData<AssetEvent, string> Events => new()
    {
        { new InfoJsonRequested { Id = Id, At = At }, """{"type":"InfoJsonRequested","id":"2/5/foo","at":"2026-11-22T07:00:00+00:00"}""" },
        { new AssetIngested { Id = Id, Source = "s3://bucket/key", Lane = Lane.Bulk }, """{"type":"AssetIngested","source":"s3://bucket/key","lane":"bulk","id":"2/5/foo"}""" },
        { new SourceUpdated { Id = Id }, """{"type":"SourceUpdated","id":"2/5/foo"}""" },
        { new AssetDeleted { Id = Id }, """{"type":"AssetDeleted","id":"2/5/foo"}""" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_is_written_with_its_type_and_read_back(AssetEvent happened, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(happened, Wire.Json));
        Assert.Equal(happened, JsonSerializer.Deserialize<AssetEvent>(json, Wire.Json));
    }

    [Fact]
    public void Type_may_stand_anywhere() =>
        Assert.Equal(new SourceUpdated { Id = Id, At = At }, JsonSerializer.Deserialize<AssetEvent>("""{"id":{"customer":2,"space":5,"asset":"foo"},"at":"2026-11-22T07:00:00Z","type":"SourceUpdated"}""", Wire.Json));

    [Theory]
    [InlineData("""{"type":"AssetEaten","id":"2/5/foo"}""")]
    [InlineData("""{"type":"assetIngested","id":"2/5/foo"}""")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","sorce":"s3://b/k"}""")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","lane":"slow"}""")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","lane":4}""")]
    [InlineData("""{"type":"AssetIngested","source":"s3://b/k"}""")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","at":"yesterday"}""")]
    public void What_the_contract_does_not_have_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AssetEvent>(json, Wire.Json));

    [Fact]
    public void Lenient_reading_passes_over_members_of_a_newer_publisher() =>
        Assert.Equal(
            new AssetDeleted { Id = Id },
            JsonSerializer.Deserialize<AssetEvent>("""{"type":"AssetDeleted","id":"2/5/foo","reason":"rights"}""", Wire.Lenient(new JsonSerializerOptions())));
}
