using Understudy.Contracts;
using Understudy.Intake.Understanding;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class ContractEventsTests
{
    private static readonly AssetId Ledger = AssetId.Parse("2/5/ledger");

    public static TheoryData<string, string, AssetEvent> Fixtures => new()
    {
        { "contract-hit", "contract", new InfoJsonRequested { Id = Ledger, At = Queued } },
        { "contract-ingested", "contract", new AssetIngested { Id = Ledger, Source = "s3://masters/2/5/ledger", Lane = Lane.Bulk, At = At("06:00:00") } },
        { "contract-updated", "contract", new SourceUpdated { Id = Ledger, Source = "s3://eu-west-1/masters/2/5/ledger", At = Queued } },
        { "masstransit-hit", "masstransit", new InfoJsonRequested { Id = Ledger, At = At("07:00:01.25") } },
        { "masstransit-ingested", "masstransit", new AssetIngested { Id = Ledger, Source = "s3://masters/2/5/ledger", Lane = Lane.Ahead, At = At("06:59:00") } },
        { "sns-contract-hit", "contract", new InfoJsonRequested { Id = Ledger, At = At("07:00:02.5") } },
        { "sns-masstransit-ingested", "masstransit", new AssetIngested { Id = Ledger, At = At("07:00:01.25") } },
        { "sns-in-sns-contract-hit", "contract", new InfoJsonRequested { Id = Ledger, At = At("06:00:00") } },
    };

    [Theory, MemberData(nameof(Fixtures))]
    public void Event_is_understood_however_it_is_wrapped_and_dated_by_what_is_nearest_to_it(string name, string shape, AssetEvent expected) =>
        AssertEvents(Read(name), shape, false, expected);

    [Fact]
    public void Array_of_events_is_all_of_them() => AssertEvents(
        Read("contract-array"), "contract", false,
        new InfoJsonRequested { Id = Ledger, At = Queued }, new AssetDeleted { Id = AssetId.Parse("2/5/atlas"), At = At("06:30:00") });

    [Fact]
    public void Deletion_says_which_caches_it_means()
    {
        var deleted = Assert.IsType<AssetDeleted>(Assert.Single(Assert.IsType<Understood.Events>(Read("contract-deleted")).Happened));

        Assert.Equal(["CDN", "internalCache"], deleted.DeleteFrom!);
    }

    [Fact]
    public void Event_without_any_time_has_none() =>
        Assert.Null(Assert.Single(Assert.IsType<Understood.Events>(Reader(S3KeyPatterns.OfDlcs).Read(new RawMessage(Bytes("contract-hit"), new Dictionary<string, string>(), null))).Happened).At);

    [Theory]
    [InlineData("""{"type":"AssetPurged","id":"2/5/foo"}""", "has the type \"AssetPurged\"; it must be one of InfoJsonRequested, AssetIngested, SourceUpdated, AssetDeleted, PurgeRequested")]
    [InlineData("""{"type":"PurgeRequested","id":"2/5/foo","targets":[]}""", "targets must name at least one")]
    [InlineData("""{"type":"PurgeRequested","id":"2/5/foo","reason":""}""", "reason must not be empty")]
    [InlineData("""{"type":7,"id":"2/5/foo"}""", "")]
    [InlineData("""{"type":"IngestStarted","id":"2/5/foo"}""", "has the type \"IngestStarted\"")]
    [InlineData("""{"type":"AssetIngested"}""", "lacks \"id\"")]
    [InlineData("""{"type":"AssetIngested","id":"2/5"}""", "asset id '2/5' must have the form")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","lane":"waiting"}""", "lane 'waiting' is for requests")]
    [InlineData("""{"type":"AssetIngested","id":"2/5/foo","source":""}""", "source must not be empty")]
    [InlineData("""{"type":"AssetDeleted","id":"2/5/foo","deleteFrom":["None"]}""", "deleteFrom holds 'None'; use cdn and internalCache")]
    [InlineData("""{"type":"AssetDeleted","id":"2/5/foo","deleteFrom":[null]}""", "deleteFrom holds null")]
    [InlineData("""{"type":"AssetDeleted","id":"2/5/foo","id":"2/5/bar"}""", "uplicate")]
    [InlineData("""[{"type":"AssetDeleted","id":"2/5/foo"},{"type":"AssetIngested","id":"2/5/foo","source":""}]""", "event 1: source must not be empty")]
    [InlineData("""[{"type":"AssetDeleted","id":"2/5/foo"},{"id":"2/5/foo"}]""", "has no \"type\"")]
    [InlineData("""[{"type":"AssetDeleted","id":"2/5/foo"},null]""", "wanted an event at [1]; got null")]
    [InlineData("[]", "got an empty one")]
    [InlineData("""{"messageType":["urn:message:Understudy.Contracts:AssetDeleted"],"message":null}""", "wanted an object as the MassTransit envelope's 'message'; got null")]
    [InlineData("""{"messageType":["urn:message:Understudy.Contracts:AssetDeleted"],"message":{}}""", "lacks \"id\"")]
    public void Event_that_breaks_the_contract_is_refused_with_the_rule(string json, string because) => AssertRefused(ReadText(json), because);

    [Fact]
    public void MassTransit_message_of_another_type_is_refused_by_its_name() => AssertRefused(Read("masstransit-other"), "urn:message:Acme.Shop:OrderPlaced");
}
