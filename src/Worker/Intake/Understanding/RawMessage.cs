namespace Understudy.Intake.Understanding;

/// <summary>One message as a queue delivered it.</summary>
/// <param name="Attributes">The queue's own message attributes, by name; those inside an SNS envelope aren't in it.</param>
/// <param name="SentAt">When it came into the queue, by the queue's clock; null where it doesn't say.</param>
internal sealed record RawMessage(ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Attributes, DateTimeOffset? SentAt);
