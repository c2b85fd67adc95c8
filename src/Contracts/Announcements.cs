using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>
/// What became of an asset, for whoever listens. Over queues it is JSON with a <c>type</c>:
/// <c>{"type":"AssetEvicted","id":"2/5/foo","path":"2/5/foo.jp2","bytes":1209423,"reason":"deleted","at":"2026-11-22T07:00:00.000000Z"}</c>.
/// Each comes at least once, and those of one asset in the order in which it happened; one that comes again has the same <see cref="At"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(AssetReady), nameof(AssetReady))]
[JsonDerivedType(typeof(AssetRefreshed), nameof(AssetRefreshed))]
[JsonDerivedType(typeof(AssetEvicted), nameof(AssetEvicted))]
[JsonDerivedType(typeof(AssetFailed), nameof(AssetFailed))]
public abstract record AssetAnnouncement
{
    public required AssetId Id { get; init; }

    /// <summary>When it was settled, by the catalogue's clock.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>A verified copy is in the store.</summary>
public abstract record CopyAnnouncement : AssetAnnouncement
{
    /// <summary>Relative to the store's root.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>As the source sends it, with its quotes.</summary>
    [JsonPropertyName("etag")]
    public string? ETag { get; init; }

    public required string Source { get; init; }

    /// <inheritdoc cref="CopyView" path="/param[@name='Checksum']"/>
    public required string Checksum { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }
}

/// <summary>The asset can be served from the store. Its bytes may be others than those of an earlier copy: compare <see cref="CopyAnnouncement.ETag"/>.</summary>
public sealed record AssetReady : CopyAnnouncement;

/// <summary>After a <see cref="SourceUpdated"/>: the copy is the source's present version, so what was made of older bytes can go.</summary>
public sealed record AssetRefreshed : CopyAnnouncement;

/// <summary>The asset's copy is gone from the store.</summary>
public sealed record AssetEvicted : AssetAnnouncement
{
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    public required EvictionReason Reason { get; init; }
}

/// <summary>Why a copy had to go.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<EvictionReason>))]
public enum EvictionReason
{
    /// <summary>The asset was deleted.</summary>
    Deleted,

    /// <summary>Others needed the room more.</summary>
    Evicted,

    /// <summary>Somebody else took its file away.</summary>
    Lost,
}

/// <summary>The asset's plan was given up; an older copy may still be in the store.</summary>
public sealed record AssetFailed : AssetAnnouncement
{
    public required Fault Fault { get; init; }

    public string? Reason { get; init; }

    public required int Attempts { get; init; }
}
