using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>What stands around a message's content: the attributes that matter, and when it was sent. An envelope knows better than the queue.</summary>
/// <param name="MessageType">DLCS's attribute <c>messageType</c>.</param>
/// <param name="EngineNotified">DLCS's attribute <c>engineNotified</c> is there; DLCS's own handlers don't look at its value either.</param>
internal readonly record struct Delivery(string? MessageType, bool EngineNotified, DateTimeOffset? SentAt)
{
    public static Delivery Of(RawMessage message)
    {
        var delivery = new Delivery(null, false, message.SentAt);
        foreach (var (name, value) in message.Attributes)
            delivery = delivery.With(name, value);
        return delivery;
    }

    public Delivery With(string attribute, string? value) =>
        attribute.Equals("messageType", StringComparison.OrdinalIgnoreCase) ? this with { MessageType = value ?? MessageType }
        : attribute.Equals("engineNotified", StringComparison.OrdinalIgnoreCase) ? this with { EngineNotified = true }
        : this;

    /// <summary>An event that doesn't say when it happened did so when it was sent.</summary>
    public AssetEvent Date(AssetEvent happened) => happened.At is null && SentAt is { } at ? happened with { At = at } : happened;
}
