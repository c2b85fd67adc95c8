using System.Text.Json;

namespace Understudy.Intake.Understanding;

/// <summary>DLCS's notification that all of a batch is ingested, and its older form, which has other names for the same.</summary>
internal static class DlcsBatch
{
    private const string Shape = "dlcs-batch";

    /// <returns>null where it has neither form.</returns>
    public static Understood? Read(JsonElement root, Delivery delivery)
    {
        if (root.Member("id"u8) is not { ValueKind: JsonValueKind.Number } id
            || (root.Member("customer"u8) ?? root.Member("customerId"u8)) is not { ValueKind: JsonValueKind.Number } customer
            || (root.Member("completed"u8) ?? root.Member("success"u8)) is not { ValueKind: JsonValueKind.Number })
            return null;

        if (!id.TryGetInt32(out var batch) || batch < 0)
            return new Understood.Refused($"wanted a batch's id from 0 to {int.MaxValue}; got {Excerpt.Of(id)}");
        if (!customer.TryGetInt32(out var number) || number < 0)
            return new Understood.Refused($"wanted a batch's customer from 0 to {int.MaxValue}; got {Excerpt.Of(customer)}");
        if (root.IsTrue("superseded"u8))
            return new Understood.Ignored(Shape, $"batch {batch} of customer {number} is superseded: a later one holds its assets");
        return (root.Time("finished"u8) ?? delivery.SentAt) is { } at
            ? new Understood.BatchCompleted(Shape, number, batch, at)
            : new Understood.Refused($"wanted a time in 'finished' of batch {batch}, or a queue that says when the message was sent; got neither");
    }
}
