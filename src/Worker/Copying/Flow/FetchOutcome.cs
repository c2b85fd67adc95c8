namespace Understudy.Copying.Flow;

/// <summary>How a fetch ended, as far as the flow is concerned.</summary>
internal enum FetchOutcome
{
    Ok,

    /// <summary>The source asked for less: S3's 503 SlowDown, or 429.</summary>
    Throttled,

    /// <summary>Anything else that went wrong; says nothing about how many connections are good.</summary>
    Failed,

    Cancelled,
}
