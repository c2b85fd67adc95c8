using System.Text.Json;
using Understudy.Contracts;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class SnsEnvelopeTests
{
    [Fact]
    public void Subscription_that_wants_confirmation_is_ignored_with_what_to_do() => AssertIgnored(Read("sns-subscription-confirmation"), "sns-subscription", "open the message's SubscribeURL");

    [Fact]
    public void Subscription_that_ended_is_ignored_with_what_to_do() => AssertIgnored(Read("sns-unsubscribe-confirmation"), "sns-subscription", "was unsubscribed from topic 'arn:aws:sns:eu-west-1:111122223333:asset-modified'");

    [Fact]
    public void Third_envelope_is_refused() => AssertRefused(ReadText(Wrapped(Text("sns-in-sns-contract-hit"))), "wanted at most 2 SNS envelopes around each other; got one more");

    [Fact]
    public void Envelope_without_a_type_holds_a_message() => AssertEvents(
        ReadText(Wrapped(Text("contract-hit"))), "contract", false, new InfoJsonRequested { Id = AssetId.Parse("2/5/ledger"), At = Queued });

    [Theory]
    [InlineData("""{"TopicArn":"t","Message":"{}","Type":"Surprise"}""", "wanted an SNS message of Type Notification, SubscriptionConfirmation or UnsubscribeConfirmation; got 'Surprise'")]
    [InlineData("""{"TopicArn":"t","Message":""}""", "in the SNS envelope of topic 't': wanted JSON; got nothing")]
    [InlineData("""{"TopicArn":"t","Message":"hello"}""", "in the SNS envelope of topic 't': the body is not valid JSON")]
    [InlineData("""{"TopicArn":"t","Message":"{\"type\":\"AssetMoved\"}"}""", "in the SNS envelope of topic 't': the body has the type \"AssetMoved\"")]
    [InlineData("""{"TopicArn":"t","Message":"\ud800"}""", "")]
    public void Envelope_around_nothing_that_is_known_is_refused(string json, string because) => AssertRefused(ReadText(json), because);

    [Theory]
    [InlineData("MESSAGETYPE"), InlineData("messageType"), InlineData("MessageType")]
    public void Attributes_count_in_any_case_and_in_either_place(string name)
    {
        var enveloped = JsonSerializer.Serialize(new
        {
            TopicArn = "t",
            Message = """{"asset":{"id":"2/5/ledger"}}""",
            MessageAttributes = new Dictionary<string, object> { [name] = new { Type = "String", Value = "Delete" } },
        });
        var deleted = new AssetDeleted { Id = AssetId.Parse("2/5/ledger"), At = Queued };

        AssertEvents(ReadText(enveloped), "dlcs-delete", true, deleted);
        AssertEvents(ReadText("""{"asset":{"id":"2/5/ledger"}}""", $"{name}=Delete"), "dlcs-delete", true, deleted);
        AssertEvents(ReadText(Wrapped("""{"asset":{"id":"2/5/ledger"}}"""), $"{name}=Delete"), "dlcs-delete", true, deleted);
        AssertEvents(ReadText(enveloped, $"{name}=Update"), "dlcs-delete", true, deleted);
    }

    private static string Wrapped(string message) => JsonSerializer.Serialize(new { TopicArn = "arn:outer", Message = message });
}
