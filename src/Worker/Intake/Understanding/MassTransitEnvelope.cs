using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>Our own events as MassTransit sends them: <c>messageType</c> lists the type and those it derives from, <c>message</c> holds the event.</summary>
internal static class MassTransitEnvelope
{
    private const string Shape = "masstransit";

    private static readonly Dictionary<string, Type> Contracts =
        new[] { typeof(InfoJsonRequested), typeof(AssetIngested), typeof(SourceUpdated), typeof(AssetDeleted) }
            .ToDictionary(type => $"urn:message:{type.Namespace}:{type.Name}", StringComparer.Ordinal);

    /// <returns>null where it is no such envelope.</returns>
    /// <exception cref="JsonException">The event breaks the contract.</exception>
    public static Understood? Read(JsonElement root, Delivery delivery)
    {
        if (root.Array("messageType"u8) is not { } types || !root.TryGetProperty("message"u8, out var message))
            return null;
        if (ContractOf(types) is not { } contract)
            return new Understood.Refused($"wanted a MassTransit message of type {string.Join(" or ", Contracts.Keys)}; got {Excerpt.Of(types)}");
        if (message.ValueKind != JsonValueKind.Object)
            return new Understood.Refused($"wanted an object as the MassTransit envelope's 'message'; got {Excerpt.Of(message)}");

        var happened = (AssetEvent)message.Deserialize(contract, Wire.LenientJson)!;
        return new Understood.Events(Shape, [(delivery with { SentAt = root.Time("sentTime"u8) ?? delivery.SentAt }).Date(happened)]);
    }

    private static Type? ContractOf(JsonElement types)
    {
        foreach (var type in types.EnumerateArray())
        {
            if (type.ValueKind == JsonValueKind.String && Contracts.TryGetValue(type.GetString()!, out var contract))
                return contract;
        }

        return null;
    }
}
