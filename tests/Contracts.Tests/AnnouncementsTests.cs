using System.Text.Json;

namespace Understudy.Contracts.Tests;

public sealed class AnnouncementsTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly DateTimeOffset At = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, AssetAnnouncement> Each = new AssetAnnouncement[]
    {
        new AssetReady { Id = Id, At = At, Path = "2/5/foo.jp2", Bytes = 7, ETag = "\"e\"", Source = "s3://b/k", Checksum = "00000001", Width = 640, Height = 480 },
        new AssetRefreshed { Id = Id, At = At, Path = "2/5/foo.jp2", Bytes = 7, Source = "s3://b/k", Checksum = "00000001" },
        new AssetEvicted { Id = Id, At = At, Path = "2/5/foo.jp2", Bytes = 7, Reason = EvictionReason.Deleted },
        new AssetFailed { Id = Id, At = At, Fault = Fault.SourceGone, Reason = "s3://b/k is not there", Attempts = 1 },
    }.ToDictionary(a => a.GetType().Name);

    public static TheoryData<string> Types => [.. Each.Keys];

    [Theory, MemberData(nameof(Types))]
    public void Announcement_comes_back_as_it_was(string type)
    {
        var json = JsonSerializer.Serialize(Each[type], Wire.Json);

        Assert.Equal(Each[type], JsonSerializer.Deserialize<AssetAnnouncement>(json, Wire.Json));
        Assert.Equal(type, JsonDocument.Parse(json).RootElement.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("AssetReady", """{"type":"AssetReady","id":"2/5/foo","path":"2/5/foo.jp2","bytes":7,"etag":"\"e\"","source":"s3://b/k","checksum":"00000001","width":640,"height":480,"at":"2026-11-22T07:00:00.000000Z"}""")]
    [InlineData("AssetRefreshed", """{"type":"AssetRefreshed","id":"2/5/foo","path":"2/5/foo.jp2","bytes":7,"source":"s3://b/k","checksum":"00000001","at":"2026-11-22T07:00:00.000000Z"}""")]
    [InlineData("AssetEvicted", """{"type":"AssetEvicted","id":"2/5/foo","path":"2/5/foo.jp2","bytes":7,"reason":"deleted","at":"2026-11-22T07:00:00.000000Z"}""")]
    [InlineData("AssetFailed", """{"type":"AssetFailed","id":"2/5/foo","fault":"sourceGone","reason":"s3://b/k is not there","attempts":1,"at":"2026-11-22T07:00:00.000000Z"}""")]
    public void Announcement_is_read_as_documented(string type, string json) =>
        Assert.Equal(Each[type], JsonSerializer.Deserialize<AssetAnnouncement>(json, Wire.Json));

    [Fact]
    public void Member_of_a_newer_worker_is_passed_over_by_the_lenient_reader() => Assert.Equal(
        Each["AssetEvicted"],
        JsonSerializer.Deserialize<AssetAnnouncement>("""{"id":"2/5/foo","path":"2/5/foo.jp2","bytes":7,"reason":"deleted","at":"2026-11-22T07:00:00Z","room":3,"type":"AssetEvicted"}""", Wire.LenientJson));
}
