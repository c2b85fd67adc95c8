namespace Understudy.Warming.Verification;

/// <summary>What can be wrong with an answer. The names stand in metrics: they stay.</summary>
internal enum Flaw
{
    /// <summary>404. A node that mounts the store by NFS may not see a new file for up to a minute.</summary>
    NotFound,

    /// <summary>Another 4xx: the request isn't allowed or isn't understood.</summary>
    Refused,

    /// <summary>408, 429, 503.</summary>
    Overloaded,

    /// <summary>501: Cantaloupe's word for a source that it can't use, such as an empty file.</summary>
    Unsupported,

    /// <summary>Another 5xx.</summary>
    ServerError,

    /// <summary>Neither 200 nor an error, such as a redirect.</summary>
    UnexpectedStatus,

    /// <summary>200 and no bytes: Cantaloupe with a derivative cache, when reading the source failed on the way.</summary>
    Empty,

    /// <summary>Fewer bytes than announced, or than the image's own structure needs.</summary>
    Truncated,

    WrongType,

    /// <summary>The right content type on something else: IIPImage sends its errors as <c>image/jpeg</c>.</summary>
    NotAnImage,

    Damaged,

    WrongSize,

    /// <summary>No JSON object with a width and a height.</summary>
    NotInfo,

    TimedOut,

    ConnectionLost,
}
