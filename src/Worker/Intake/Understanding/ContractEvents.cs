using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>Our own events as publishers without MassTransit send them: an object with a <c>type</c>, or an array of such.</summary>
internal static class ContractEvents
{
    private const string Shape = "contract";

    /// <returns>null where it is neither.</returns>
    /// <exception cref="JsonException">An event breaks the contract.</exception>
    /// <exception cref="NotSupportedException">An event in an array has no <c>type</c>.</exception>
    public static Understood? Read(JsonElement root, Delivery delivery)
    {
        if (root.ValueKind == JsonValueKind.Array)
            return ReadMany(root, delivery);
        if (!root.TryGetProperty("type"u8, out _))
            return null;
        return new Understood.Events(Shape, [delivery.Date(root.Deserialize<AssetEvent>(Wire.LenientJson)!)]);
    }

    private static Understood ReadMany(JsonElement root, Delivery delivery)
    {
        var events = root.Deserialize<AssetEvent?[]>(Wire.LenientJson)!;
        var dated = new AssetEvent[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i] is not { } happened)
                return new Understood.Refused($"wanted an event at [{i}]; got null");
            dated[i] = delivery.Date(happened);
        }

        return dated.Length == 0 ? new Understood.Refused("wanted an array of events; got an empty one") : new Understood.Events(Shape, dated);
    }
}
