using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>How urgent a plan is; a lower value goes first. The values are stored in the catalogue: never renumber.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Lane>))]
public enum Lane
{
    /// <summary>Somebody holds a request open for it.</summary>
    Waiting = 0,

    /// <summary>A viewer asked for its info.json.</summary>
    Hit = 1,

    /// <summary>It was ingested or its source changed.</summary>
    Ingest = 2,

    /// <summary>It will probably be wanted soon.</summary>
    Ahead = 3,

    /// <summary>Part of bulk work that nobody waits for.</summary>
    Bulk = 4,
}
