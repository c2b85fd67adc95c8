using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Understudy.Api;

namespace Understudy.Intake.Understanding;

/// <summary>
/// Says what a queue's message means. Which of the known shapes it has is told by its content, never by the queue, so that one queue may
/// carry them all. Whatever the bytes are, the answer is a value.
/// </summary>
internal sealed class MessageReader(S3KeyPatterns keys)
{
    /// <summary>A topic's message that is published to another topic by a queue's consumer has two; more is a loop.</summary>
    private const int MostEnvelopes = 2;

    // A member that stands there twice means one thing to us and another to the next reader.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly S3Notification _s3 = new(keys);

    public Understood Read(RawMessage message)
    {
        var body = message.Body.Span.StartsWith(Encoding.UTF8.Preamble) ? message.Body[Encoding.UTF8.Preamble.Length..] : message.Body;
        if (!Utf8.IsValid(body.Span))
            return new Understood.Refused($"wanted JSON in UTF-8; got {body.Length} bytes that are no UTF-8 and begin with {Convert.ToHexString(body.Span[..Math.Min(body.Length, 16)])}");
        return Check(Read(body, Delivery.Of(message), 0));
    }

    private Understood Read(ReadOnlyMemory<byte> body, Delivery delivery, int envelopes)
    {
        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return new Understood.Refused($"wanted JSON; got {(body.IsEmpty ? "nothing" : "only white space")}");
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Read(document.RootElement, delivery, envelopes);
        }
        // System.Text.Json finds a string with half of a surrogate pair only when it is read, and calls that an invalid operation.
        catch (Exception bad) when (bad is JsonException or NotSupportedException or InvalidOperationException)
        {
            return new Understood.Refused(Excerpt.OfReason(JsonFault.Describe(bad) ?? bad.Message));
        }
    }

    private Understood Read(JsonElement root, Delivery delivery, int envelopes)
    {
        if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return new Understood.Refused($"wanted a JSON object or an array of events; got {Excerpt.Of(root)}");

        // Our own events first: hits are by far the most of all messages.
        return ContractEvents.Read(root, delivery)
            ?? Unwrap(root, delivery, envelopes)
            ?? MassTransitEnvelope.Read(root, delivery)
            ?? DlcsNotification.Read(root, delivery)
            ?? DlcsBatch.Read(root, delivery)
            ?? _s3.Read(root, delivery)
            ?? new Understood.Refused($"wanted an event, an SNS or MassTransit envelope, a DLCS notification or an S3 notification; got an object {MembersOf(root)}");
    }

    private Understood? Unwrap(JsonElement root, Delivery delivery, int envelopes)
    {
        if (SnsEnvelope.Open(root, delivery) is not { } sns)
            return null;
        if (sns.SaysItself() is { } said)
            return said;
        if (envelopes == MostEnvelopes)
            return new Understood.Refused($"wanted at most {MostEnvelopes} SNS envelopes around each other; got one more, of topic {Excerpt.Of(sns.Topic)}");

        var inside = Read(Encoding.UTF8.GetBytes(sns.Message), sns.Delivery, envelopes + 1);
        return inside is Understood.Refused refused ? new Understood.Refused($"in the SNS envelope of topic {Excerpt.Of(sns.Topic)}: {refused.Reason}") : inside;
    }

    /// <summary>Holds the events against the rules that hold whichever way they come.</summary>
    private static Understood Check(Understood understood)
    {
        if (understood is not Understood.Events { Happened: var events })
            return understood;
        for (var i = 0; i < events.Count; i++)
        {
            if (EventRules.Check(events[i]) is { } broken)
                return new Understood.Refused(Excerpt.OfReason(events.Count == 1 ? broken : $"event {i}: {broken}"));
        }

        return understood;
    }

    private static string MembersOf(JsonElement root)
    {
        var names = new StringBuilder();
        foreach (var member in root.EnumerateObject())
        {
            if (names.Length > 80)
                break;
            names.Append(names.Length == 0 ? "with " : ", ").Append(Excerpt.Of(member.Name));
        }

        return names.Length == 0 ? "without members" : names.ToString();
    }
}
