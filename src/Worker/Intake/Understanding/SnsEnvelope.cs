using System.Text.Json;

namespace Understudy.Intake.Understanding;

/// <summary>What SNS wraps around a message unless its subscription has RawMessageDelivery.</summary>
/// <param name="Delivery">The queue's, with what the envelope says instead.</param>
internal sealed record SnsEnvelope(string Type, string Topic, string Message, Delivery Delivery)
{
    /// <returns>null where it is no such envelope.</returns>
    public static SnsEnvelope? Open(JsonElement root, Delivery delivery)
    {
        if (root.Text("TopicArn"u8) is not { } topic || root.Text("Message"u8) is not { } message)
            return null;

        delivery = delivery with { SentAt = root.Time("Timestamp"u8) ?? delivery.SentAt };
        // Without raw delivery the publisher's attributes stand here, and the queue's message has none.
        if (root.Object("MessageAttributes"u8) is { } attributes)
        {
            foreach (var attribute in attributes.EnumerateObject())
                delivery = delivery.With(attribute.Name, attribute.Value.Text("Value"u8));
        }

        return new SnsEnvelope(root.Text("Type"u8) ?? "Notification", topic, message, delivery);
    }

    /// <returns>null where it holds a message, else what SNS itself has to say.</returns>
    public Understood? SaysItself() => Type switch
    {
        "Notification" => null,
        "SubscriptionConfirmation" => new Understood.Ignored(
            "sns-subscription",
            $"topic {Excerpt.Of(Topic)} asks whether this queue may be subscribed: open the message's SubscribeURL, or call ConfirmSubscription with its Token; until then nothing comes from there"),
        "UnsubscribeConfirmation" => new Understood.Ignored(
            "sns-subscription",
            $"this queue was unsubscribed from topic {Excerpt.Of(Topic)}: if that wasn't meant, open the message's SubscribeURL, which subscribes it again"),
        _ => new Understood.Refused($"wanted an SNS message of Type Notification, SubscriptionConfirmation or UnsubscribeConfirmation; got {Excerpt.Of(Type)}"),
    };
}
