using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>An asset as DLCS's notifications hold it.</summary>
internal static class DlcsAsset
{
    private const int ImageFamily = 'I';
    private const string ImageChannel = "iiif-img";

    /// <exception cref="JsonException">It is none; the message says which rule it breaks.</exception>
    public static AssetId IdOf(JsonElement asset) => asset.Member("id"u8) is { } id
        ? id.Deserialize<AssetId>(Wire.LenientJson)
        : throw new JsonException("wanted an asset with an 'id'; got one without");

    /// <summary>What stands for the customer's number in public URLs. A notification with a strange one is as good as one without.</summary>
    public static string? CustomerName(JsonElement root) =>
        root.Object("customerPathElement"u8)?.Text("name"u8) is { } name && EventRules.FaultOfName(name) is null ? name : null;

    /// <summary>Adjuncts come in the same shape over another topic: their <c>id</c> is their own, and <c>assetId</c> that of the asset they belong to.</summary>
    public static bool IsAdjunct(JsonElement asset) => asset.Member("assetId"u8) is not null && asset.Text("id"u8) is not null;

    /// <returns>null unless it surely has no JPEG 2000: one look too many costs less than an image that is missed.</returns>
    public static string? WhyNoImage(JsonElement asset)
    {
        switch (HasImageChannel(asset))
        {
            case true: return null;
            case false: return $"it isn't delivered by {ImageChannel}";
        }

        if (asset.Number("family"u8) is { } number && number != ImageFamily)
            return $"its family is {number}, not {ImageFamily} (I)";
        if (asset.Text("family"u8) is { Length: > 0 } family && !family.Equals("I", StringComparison.OrdinalIgnoreCase))
            return $"its family is {Excerpt.Of(family)}, not 'I'";
        // octet-stream says that nobody looked.
        return asset.Text("mediaType"u8) is { Length: > 0 } type
            && !type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            && !type.EndsWith("/octet-stream", StringComparison.OrdinalIgnoreCase)
                ? $"its media type is {Excerpt.Of(type)}"
                : null;
    }

    /// <summary>Only where both say what theirs is, if only null.</summary>
    public static bool OriginsDiffer(JsonElement? before, JsonElement after) =>
        before is { ValueKind: JsonValueKind.Object } was
        && was.TryGetProperty("origin"u8, out _) && after.TryGetProperty("origin"u8, out _)
        && was.Text("origin"u8) != after.Text("origin"u8);

    /// <returns>null where all are meant. DLCS's <c>None</c> adds none; <c>Unknown</c>, and what newer senders may add, is nothing we have.</returns>
    public static IReadOnlyList<string>? Caches(JsonElement? deleteFrom)
    {
        if (deleteFrom is not { ValueKind: JsonValueKind.Array } words)
            return null;
        var caches = new List<string>();
        foreach (var word in words.EnumerateArray())
        {
            if (word.ValueKind == JsonValueKind.String
                && Array.Find(EventRules.Caches, cache => cache.Equals(word.GetString(), StringComparison.OrdinalIgnoreCase)) is { } known
                && !caches.Contains(known))
                caches.Add(known);
        }

        return caches;
    }

    /// <returns>null where the asset doesn't say, or not in a way that we know. Older senders write names in <c>deliveryChannels</c>, newer ones objects in <c>imageDeliveryChannels</c>.</returns>
    private static bool? HasImageChannel(JsonElement asset)
    {
        bool other = false, unclear = false;
        foreach (var list in (JsonElement?[])[asset.Array("deliveryChannels"u8), asset.Array("imageDeliveryChannels"u8)])
        {
            if (list is not { } channels)
                continue;
            foreach (var channel in channels.EnumerateArray())
            {
                var name = channel.ValueKind == JsonValueKind.String ? channel.GetString() : channel.Text("channel"u8);
                if (ImageChannel.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
                other |= name is not null;
                unclear |= name is null;
            }
        }

        return other && !unclear ? false : null;
    }
}
