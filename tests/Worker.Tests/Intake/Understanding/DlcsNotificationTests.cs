using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Intake.Understanding;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class DlcsNotificationTests
{
    private static readonly AssetId Ledger = AssetId.Parse("2/5/ledger_(1)");

    [Theory]
    [InlineData("dlcs-create", "dlcs-create")]
    [InlineData("dlcs-create", "dlcs-create", "messageType=Create", "engineNotified=True")]
    [InlineData("dlcs-create-without-ingest", "dlcs-create", "messageType=Create", "engineNotified=True")]
    [InlineData("dlcs-create-2026", "dlcs-create", "messageType=create")]
    [InlineData("dlcs-update", "dlcs-update", "messageType=Update", "engineNotified=True")]
    [InlineData("dlcs-update-2026", "dlcs-update", "messageType=Update")]
    [InlineData("dlcs-update-2026", "dlcs-update")]
    [InlineData("dlcs-update-2026-reingest", "dlcs-update", "messageType=Update")]
    public void Create_or_update_with_an_ingest_on_its_way_says_that_one_started(string name, string shape, params string[] attributes) =>
        AssertEvents(Read(name, attributes), shape, true, new IngestStarted { Id = Ledger, At = Queued, CustomerName = "riverside" });

    [Theory]
    [InlineData("""{"id":2,"name":"wellcome"}""", "wellcome")]
    [InlineData("""{"id":2,"name":""}""", null)]
    [InlineData("""{"id":2,"name":"a\u0000b"}""", null)]
    [InlineData("""{"id":2,"name":7}""", null)]
    [InlineData("""{"id":2}""", null)]
    [InlineData("7", null)]
    public void Name_of_the_customer_is_taken_over_unless_it_is_strange(string element, string? name) =>
        Assert.Equal(name, Assert.Single(Assert.IsType<Understood.Events>(ReadText($$"""{"asset":{"id":"2/5/x","ingesting":true},"customerPathElement":{{element}}}""")).Happened).CustomerName);

    [Fact]
    public void Update_is_dated_and_told_by_the_SNS_envelope_around_it() =>
        AssertEvents(Read("sns-dlcs-update"), "dlcs-update", true, new IngestStarted { Id = Ledger, At = At("07:00:02.5"), CustomerName = "riverside" });

    [Theory]
    [InlineData("dlcs-update", "messageType=Update"), InlineData("dlcs-update"), InlineData("dlcs-update-older-channels")]
    public void Update_without_an_ingest_is_worth_a_look_at_the_source(string name, params string[] attributes) =>
        AssertEvents(Read(name, attributes), "dlcs-update", true, new SourceUpdated { Id = Ledger, At = Queued, CustomerName = "riverside" });

    [Fact]
    public void Create_without_an_ingest_is_ignored() => AssertIgnored(Read("dlcs-create-without-ingest", "messageType=Create"), "dlcs-create", "without an ingest");

    [Theory]
    [InlineData("dlcs-delete", "cdn,internalCache", "messageType=Delete"), InlineData("dlcs-delete", "cdn,internalCache")]
    [InlineData("dlcs-delete-2026", "", "messageType=Delete"), InlineData("dlcs-delete-2026", "")]
    [InlineData("sns-dlcs-delete", "cdn")]
    [InlineData("dlcs-create-without-ingest", null, "messageType=Delete")]
    public void Delete_is_a_deletion_from_the_caches_it_names(string name, string? caches, params string[] attributes)
    {
        var events = Assert.IsType<Understood.Events>(Read(name, attributes));
        var deleted = Assert.IsType<AssetDeleted>(Assert.Single(events.Happened));

        Assert.Equal((Ledger, "dlcs-delete", true), (deleted.Id, events.Shape, events.FromDlcs));
        Assert.Equal(caches, deleted.DeleteFrom is null ? null : string.Join(',', deleted.DeleteFrom));
    }

    [Theory]
    [InlineData("""["Unknown"]""", "")]
    [InlineData("""["CDN","cdn","Unknown","INTERNALCACHE","moonbase",7,null]""", "cdn,internalCache")]
    [InlineData("[]", "")]
    public void Caches_that_nobody_knows_are_passed_over(string deleteFrom, string caches)
    {
        var events = Assert.IsType<Understood.Events>(ReadText($$"""{"deliverable":{"id":"2/5/ledger"},"deleteFrom":{{deleteFrom}}}"""));

        Assert.Equal(caches, string.Join(',', Assert.IsType<AssetDeleted>(Assert.Single(events.Happened)).DeleteFrom!));
    }

    [Theory]
    [InlineData("dlcs-delete", "Create"), InlineData("dlcs-delete", "Update"), InlineData("dlcs-update", "Delete"), InlineData("dlcs-update-2026", "Create")]
    [InlineData("dlcs-create", "Update"), InlineData("dlcs-create-2026", "Moved")]
    public void Attribute_that_contradicts_the_shape_is_refused(string name, string messageType) =>
        AssertRefused(Read(name, $"messageType={messageType}"), $"got '{messageType}'");

    [Theory]
    [InlineData("dlcs-adjunct-update", "dlcs-update"), InlineData("dlcs-adjunct-delete", "dlcs-delete")]
    public void Adjunct_is_never_taken_for_its_asset(string name, string shape) => AssertIgnored(Read(name), shape, "adjunct");

    [Theory]
    [InlineData("""{"mediaType":"video/mp4"}""", "its media type is 'video/mp4'")]
    [InlineData("""{"family":84,"mediaType":"image/tiff"}""", "its family is 84")]
    [InlineData("""{"family":"F"}""", "its family is 'F'")]
    [InlineData("""{"deliveryChannels":["file","iiif-av"],"mediaType":"image/tiff"}""", "it isn't delivered by iiif-img")]
    [InlineData("""{"imageDeliveryChannels":[{"channel":"thumbs"}]}""", "it isn't delivered by iiif-img")]
    public void Asset_that_is_surely_no_image_is_ignored(string members, string because)
    {
        var asset = $$"""{"id":"2/5/x","ingesting":true,{{members[1..]}}""";

        AssertIgnored(ReadText($$"""{"asset":{{asset}}}"""), "dlcs-create", because);
        AssertIgnored(ReadText($$"""{"assetBeforeUpdate":{"id":"2/5/x"},"assetAfterUpdate":{{asset}}}"""), "dlcs-update", because);
    }

    [Fact]
    public void Video_is_ignored() => AssertIgnored(Read("dlcs-create-video", "messageType=Create", "engineNotified=True"), "dlcs-create", "no image");

    [Theory]
    [InlineData("""{"mediaType":"image/jp2"}"""), InlineData("""{"mediaType":"application/octet-stream"}"""), InlineData("""{"mediaType":null}"""), InlineData("""{"mediaType":7}""")]
    [InlineData("""{"family":"I"}"""), InlineData("""{"family":73.5}"""), InlineData("""{"family":null}""")]
    [InlineData("""{"mediaType":"application/pdf","deliveryChannels":["file","iiif-img"]}""")]
    [InlineData("""{"deliveryChannels":["file"],"imageDeliveryChannels":[{"channel":"IIIF-IMG"}]}""")]
    [InlineData("""{"deliveryChannels":[7,"file"]}"""), InlineData("""{"deliveryChannels":"file"}"""), InlineData("""{"imageDeliveryChannels":[]}""")]
    public void Asset_that_may_be_an_image_is_taken_for_one(string members) => AssertEvents(
        ReadText($$"""{"asset":{"id":"2/5/x","ingesting":true,{{members[1..]}}}"""), "dlcs-create", true, new IngestStarted { Id = AssetId.Parse("2/5/x"), At = Queued });

    [Theory]
    [InlineData("""{"assetBeforeUpdate":null,"assetAfterUpdate":{"id":"2/5/x","origin":"a"}}""", false)]
    [InlineData("""{"assetAfterUpdate":{"id":"2/5/x","origin":"a"}}""", false)]
    [InlineData("""{"assetBeforeUpdate":{"id":"2/5/x"},"assetAfterUpdate":{"id":"2/5/x","origin":"a"}}""", false)]
    [InlineData("""{"assetBeforeUpdate":{"id":"2/5/x","origin":null},"assetAfterUpdate":{"id":"2/5/x","origin":"a"}}""", true)]
    [InlineData("""{"assetBeforeUpdate":{"id":"2/5/x","origin":"a"},"assetAfterUpdate":{"id":"2/5/x","origin":"b"}}""", true)]
    public void Origin_that_differs_means_an_ingest_where_both_are_known(string json, bool ingest) =>
        Assert.Equal(ingest, Assert.Single(Assert.IsType<Understood.Events>(ReadText(json)).Happened) is IngestStarted);

    [Theory]
    [InlineData("""{"assetBeforeUpdate":{"id":"2/5/x"},"assetAfterUpdate":null}""", "wanted the asset after its update; got none")]
    [InlineData("""{"asset":{"customer":2}}""", "wanted an asset with an 'id'")]
    [InlineData("""{"asset":{"id":7}}""", "an asset id is a string or an object")]
    [InlineData("""{"asset":{"id":{"customer":2,"space":99999999999,"asset":"x"}}}""", "'space' of an asset id must be a whole number")]
    [InlineData("""{"asset":{"id":"2/5/x","id":"2/5/y"},"deleteFrom":[]}""", "uplicate")]
    public void Notification_of_no_asset_is_refused(string json, string because) => AssertRefused(ReadText(json), because);

    [Fact]
    public void Update_of_two_assets_is_refused() => AssertRefused(Read("dlcs-update-two-assets"), "got '2/5/ledger_(1)' and '2/5/atlas'");

    [Fact]
    public void Message_with_both_shapes_is_read_by_the_newer_one() => AssertEvents(
        ReadText("""{"asset":{"id":"2/5/old","ingesting":true},"deliverable":{"id":"2/5/new","ingesting":true}}"""), "dlcs-create", true,
        new IngestStarted { Id = AssetId.Parse("2/5/new"), At = Queued });
}
