using System.Net;
using System.Text;
using System.Text.Json;
using Understudy.Contracts;
using Understudy.Copying.Sources;
using Understudy.Intake.Understanding;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class S3NotificationTests
{
    private static readonly AssetId Ledger = AssetId.Parse("2/5/ledger");
    private static readonly AssetId Spaced = AssetId.Parse("2/5/a+b %20");

    public static TheoryData<string, string, AssetEvent[]> Fixtures => new()
    {
        { "s3-created", "s3", [new AssetIngested { Id = AssetId.Parse("2/5/ledger (1) é+"), Source = "s3://eu-west-1/dlcs-storage/2/5/ledger (1) é+", At = At("06:50:00.125") }] },
        { "s3-removed", "s3", [new AssetDeleted { Id = Ledger, At = At("06:50:00.125") }] },
        { "s3-removed-unversioned", "s3", [new AssetDeleted { Id = Ledger, At = At("06:50:00.125") }] },
        { "s3-lifecycle-expired", "s3", [new AssetDeleted { Id = Ledger, At = At("06:50:00.125") }] },
        { "s3-version-removed", "s3", [new SourceUpdated { Id = Ledger, Source = "s3://eu-west-1/dlcs-storage/2/5/ledger", At = At("06:50:00.125") }] },
        {
            "s3-several", "s3",
            [
                new AssetIngested { Id = Ledger, Source = "s3://eu-west-1/dlcs-storage/2/5/ledger", At = At("06:50:00.125") },
                new AssetDeleted { Id = AssetId.Parse("2/5/atlas"), At = At("06:51:00") },
            ]
        },
        { "sns-s3-created", "s3", [new AssetIngested { Id = Ledger, Source = "s3://eu-west-1/dlcs-storage/2/5/ledger", At = At("06:50:00.125") }] },
        { "eventbridge-created", "s3-eventbridge", [new AssetIngested { Id = Spaced, Source = "s3://ca-central-1/dlcs-storage/2/5/a+b %20", At = At("06:50:00") }] },
        { "eventbridge-deleted", "s3-eventbridge", [new AssetDeleted { Id = Spaced, At = At("06:50:00") }] },
    };

    [Theory, MemberData(nameof(Fixtures))]
    public void Object_that_is_an_assets_source_speaks_for_it(string name, string shape, AssetEvent[] expected) => AssertEvents(Read(name), shape, false, expected);

    [Theory]
    [InlineData("s3-test-event", "s3-test", "bucket 'dlcs-storage'")]
    [InlineData("s3-thumbnail", "s3", "key '2/5/ledger/low.jpg' of bucket 'dlcs-thumbs' is no asset's")]
    [InlineData("s3-tagging", "s3", "'ObjectTagging:Put' changes no object's bytes")]
    [InlineData("s3-lifecycle-old-version", "s3", "old version")]
    [InlineData("eventbridge-old-version-expired", "s3-eventbridge", "old version")]
    [InlineData("eventbridge-tags-added", "s3-eventbridge", "'Object Tags Added' changes no object's bytes")]
    public void Notification_of_anything_else_is_ignored(string name, string shape, string because) => AssertIgnored(Read(name), shape, because);

    [Theory]
    [InlineData("""{"Records":[]}""", "got none")]
    [InlineData("""{"Records":[7]}""", "record 0 of S3's notification: wanted eventSource aws:s3; got 'none'")]
    [InlineData("""{"Records":[{"eventSource":"aws:ses"}]}""", "got 'aws:ses'")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3"}]}""", "wanted an eventName")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}""", "got no name")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"masters"},"object":{"key":""}}}]}""", "got no key")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"a?b"},"object":{"key":"2/5/x"}}}]}""", "wanted a bucket and a key that a source can name")]
    [InlineData("""{"source":"aws.s3","detail-type":"Object Created"}""", "got no name")]
    public void Notification_without_what_it_must_have_is_refused(string json, string because) => AssertRefused(ReadText(json), because);

    [Theory]
    [InlineData(null, "masters", "s3://masters/2/5/x")]
    [InlineData("", "masters", "s3://masters/2/5/x")]
    [InlineData("eu-west-1", "masters", "s3://eu-west-1/masters/2/5/x")]
    [InlineData("eu-west-1", "us-east-1", "s3://eu-west-1/us-east-1/2/5/x")]
    [InlineData("emulator", "masters", "s3://masters/2/5/x")]
    [InlineData("x/y", "masters", "s3://masters/2/5/x")]
    public void Source_names_the_region_where_that_reads_back(string? region, string bucket, string source)
    {
        var ingested = Assert.IsType<AssetIngested>(Assert.Single(Assert.IsType<Understood.Events>(ReadText(Created(region, bucket, "2/5/x"))).Happened));

        Assert.Equal((source, bucket, "2/5/x"), (ingested.Source, ((SourceUri.S3)SourceUri.Parse(ingested.Source!, out _)!).Bucket, ((SourceUri.S3)SourceUri.Parse(ingested.Source!, out _)!).Key));
    }

    // s3://eu-west-1/2/5/x would be read as bucket 2.
    [Fact]
    public void Bucket_that_would_be_read_as_a_region_is_refused_where_no_region_is_named() =>
        AssertRefused(ReadText(Created(null, "eu-west-1", "2/555/x")), "wanted a bucket and a key that a source can name; got 'eu-west-1' and '2/555/x'");

    [Fact]
    public void Time_that_is_missing_is_when_the_message_was_sent() =>
        Assert.Equal(Queued, Assert.Single(Assert.IsType<Understood.Events>(ReadText(Created(null, "masters", "2/5/x"))).Happened).At);

    [Fact]
    public void Patterns_decide_which_bucket_and_key_is_whose()
    {
        var reader = Reader(["masters:jp2/{customer}/{space}/{asset}.jp2"]);

        AssertEvents(Of("masters", "jp2/2/5/a b.jp2"), "s3", false, new AssetIngested { Id = AssetId.Parse("2/5/a b"), Source = "s3://masters/jp2/2/5/a b.jp2" });
        AssertIgnored(Of("others", "jp2/2/5/a b.jp2"), "s3", "is no asset's");
        AssertIgnored(Of("masters", "2/5/a b"), "s3", "is no asset's");

        Understood Of(string bucket, string key) => reader.Read(new RawMessage(Encoding.UTF8.GetBytes(Created(null, bucket, key)), new Dictionary<string, string>(), null));
    }

    private static string Created(string? region, string bucket, string key) => JsonSerializer.Serialize(new
    {
        Records = new[] { new { eventSource = "aws:s3", eventName = "ObjectCreated:Put", awsRegion = region, s3 = new { bucket = new { name = bucket }, @object = new { key = WebUtility.UrlEncode(key) } } } },
    });
}
