using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>
/// Something happened to an asset. Over HTTP and queues it is JSON with a <c>type</c>:
/// <c>{"type":"AssetIngested","id":"2/5/foo","source":"s3://bucket/key","at":"2026-11-22T07:00:00Z"}</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(InfoJsonRequested), nameof(InfoJsonRequested))]
[JsonDerivedType(typeof(AssetIngested), nameof(AssetIngested))]
[JsonDerivedType(typeof(SourceUpdated), nameof(SourceUpdated))]
[JsonDerivedType(typeof(AssetDeleted), nameof(AssetDeleted))]
[JsonDerivedType(typeof(PurgeRequested), nameof(PurgeRequested))]
public abstract record AssetEvent
{
    public required AssetId Id { get; init; }

    /// <summary>When it happened, by the publisher's clock. Without it: when it was received.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The name that stands for the customer's number in public URLs, where they have one. It is kept: not every event has to say it.</summary>
    public string? CustomerName { get; init; }
}

/// <summary>A viewer asked for the asset's info.json: it wants to be in the store now, and counts as used.</summary>
public sealed record InfoJsonRequested : AssetEvent;

/// <summary>The asset's ingest is complete: its source is there, and may hold new bytes.</summary>
public sealed record AssetIngested : AssetEvent
{
    /// <summary>Where the JP2 is (<c>s3://bucket/key</c>, <c>file:///…</c>). Without it: as last known, or by <c>Sources:Template</c>.</summary>
    public string? Source { get; init; }

    /// <summary>How urgent: <see cref="Contracts.Lane.Ingest"/> unless given. <see cref="Contracts.Lane.Waiting"/> is for open requests and refused here.</summary>
    public Lane? Lane { get; init; }
}

/// <summary>The asset's source changed: every copy of the old bytes has to go.</summary>
public sealed record SourceUpdated : AssetEvent
{
    /// <inheritdoc cref="AssetIngested.Source"/>
    public string? Source { get; init; }
}

/// <summary>The asset was deleted: its copy has to go.</summary>
public sealed record AssetDeleted : AssetEvent
{
    /// <summary>Which caches it has to go from, beyond the store: <c>cdn</c>, <c>internalCache</c> (DLCS's <c>deleteFrom</c>). Without it: from all.</summary>
    public IReadOnlyList<string>? DeleteFrom { get; init; }
}

/// <summary>Every cache has to forget the asset, though its bytes are what they were.</summary>
public sealed record PurgeRequested : AssetEvent
{
    /// <inheritdoc cref="PurgeRequest.Targets"/>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <inheritdoc cref="PurgeRequest.Recopy"/>
    public bool Recopy { get; init; }

    /// <inheritdoc cref="PurgeRequest.Warm"/>
    public bool Warm { get; init; } = true;

    /// <summary>Why, for the asset's history.</summary>
    public string? Reason { get; init; }
}
