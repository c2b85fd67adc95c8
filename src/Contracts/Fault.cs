using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>What kind of thing stopped a plan.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Fault>))]
public enum Fault
{
    /// <summary>Something that may pass: the network, the source's server, the store.</summary>
    Failed,

    /// <summary>The store has no room; the plan waits.</summary>
    NoRoom,

    /// <summary>There is no source, or it isn't known.</summary>
    SourceGone,

    /// <summary>The source is there and can't be used: not allowed, not a JPEG 2000, corrupt.</summary>
    BadSource,
}
