using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>
/// DLCS's notification that an asset was created, updated or deleted, in the classic shape and in that of 2026. It is sent before the
/// Engine runs: what it says of an ingest is that there will be one.
/// </summary>
internal static class DlcsNotification
{
    /// <returns>null where it has neither shape.</returns>
    /// <exception cref="JsonException">An asset's id is none.</exception>
    public static Understood? Read(JsonElement root, Delivery delivery) => ReadEvents(root, delivery) is { } understood
        ? understood is Understood.Events events && DlcsAsset.CustomerName(root) is { } name
            ? events with { Happened = [.. events.Happened.Select(e => e with { CustomerName = name })] }
            : understood
        : null;

    private static Understood? ReadEvents(JsonElement root, Delivery delivery)
    {
        // 2026's names first: where a message carries both, the old ones are for those who don't know the new ones yet.
        if ((Pair(root, "deliverableBeforeUpdate"u8, "deliverableAfterUpdate"u8) ?? Pair(root, "assetBeforeUpdate"u8, "assetAfterUpdate"u8)) is { } pair)
            return Contradiction(delivery, "Update", "an asset before and after its update") ?? Updated(pair.Before, pair.After, delivery);
        if ((root.Object("deliverable"u8) ?? root.Object("asset"u8)) is not { } asset)
            return null;

        // Only deletions say where from. Without that, and without the attribute, it is taken for a creation: the one that does no harm.
        if (root.Array("deleteFrom"u8) is { } caches)
            return Contradiction(delivery, "Delete", "an asset and deleteFrom") ?? Deleted(asset, caches, delivery);
        if ("Delete".Equals(delivery.MessageType, StringComparison.OrdinalIgnoreCase))
            return Deleted(asset, null, delivery);
        return Contradiction(delivery, "Create", "one asset") ?? Created(asset, delivery);
    }

    /// <summary>
    /// Where the attribute says another thing than the shape, nobody knows what the sender meant, and a deletion that wasn't meant can't be
    /// taken back. So neither wins.
    /// </summary>
    private static Understood.Refused? Contradiction(Delivery delivery, string kind, string shape) =>
        delivery.MessageType is null || kind.Equals(delivery.MessageType, StringComparison.OrdinalIgnoreCase)
            ? null
            : new Understood.Refused($"wanted messageType {kind} with a DLCS notification that holds {shape}; got {Excerpt.Of(delivery.MessageType)}");

    private static Understood Deleted(JsonElement asset, JsonElement? caches, Delivery delivery)
    {
        const string Shape = "dlcs-delete";
        return DlcsAsset.IsAdjunct(asset) ? Adjunct(Shape)
            : Events(Shape, new AssetDeleted { Id = DlcsAsset.IdOf(asset), DeleteFrom = DlcsAsset.Caches(caches) }, delivery);
    }

    private static Understood Created(JsonElement asset, Delivery delivery)
    {
        const string Shape = "dlcs-create";
        if (DlcsAsset.IsAdjunct(asset))
            return Adjunct(Shape);
        var id = DlcsAsset.IdOf(asset);
        if (DlcsAsset.WhyNoImage(asset) is { } reason)
            return NoImage(Shape, id, reason);
        return delivery.EngineNotified || asset.IsTrue("ingesting"u8)
            ? Events(Shape, new IngestStarted { Id = id }, delivery)
            : new Understood.Ignored(Shape, $"asset {Excerpt.Of(id.ToString())} was created without an ingest: there are no bytes yet");
    }

    private static Understood Updated(JsonElement? before, JsonElement? after, Delivery delivery)
    {
        const string Shape = "dlcs-update";
        if (after is not { ValueKind: JsonValueKind.Object } asset)
            return new Understood.Refused($"wanted the asset after its update; got {(after is { } other ? Excerpt.Of(other) : "none")}");
        if (DlcsAsset.IsAdjunct(asset))
            return Adjunct(Shape);

        var id = DlcsAsset.IdOf(asset);
        if (before is { ValueKind: JsonValueKind.Object } was && DlcsAsset.IdOf(was) is var former && former != id)
            return new Understood.Refused($"wanted one asset before and after its update; got {Excerpt.Of(former.ToString())} and {Excerpt.Of(id.ToString())}");
        if (DlcsAsset.WhyNoImage(asset) is { } reason)
            return NoImage(Shape, id, reason);

        // Not by the attribute alone: there is a version of DLCS's sender that leaves it out.
        var ingest = delivery.EngineNotified || asset.IsTrue("ingesting"u8) || DlcsAsset.OriginsDiffer(before, asset);
        return Events(Shape, ingest ? new IngestStarted { Id = id } : new SourceUpdated { Id = id }, delivery);
    }

    private static Understood.Events Events(string shape, AssetEvent happened, Delivery delivery) => new(shape, [delivery.Date(happened)], FromDlcs: true);

    private static Understood.Ignored Adjunct(string shape) => new(shape, "it is about an adjunct, a file beside an asset, which has no copy");

    private static Understood.Ignored NoImage(string shape, AssetId id, string reason) => new(shape, $"asset {Excerpt.Of(id.ToString())} is no image: {reason}");

    private static (JsonElement? Before, JsonElement? After)? Pair(JsonElement root, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) =>
        root.TryGetProperty(before, out _) || root.TryGetProperty(after, out _) ? (root.Member(before), root.Member(after)) : null;
}
