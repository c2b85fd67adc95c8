namespace Understudy.Publishing;

/// <summary>What came of one look at the outbox.</summary>
internal abstract record Round
{
    /// <summary>The outbox is empty.</summary>
    public sealed record Empty : Round;

    /// <summary>Another worker is at it, or all that there is waits for another try.</summary>
    public sealed record NotNow : Round;

    /// <summary>Something went out or was set aside; there may be more.</summary>
    public sealed record Moved : Round;

    /// <summary>Nothing goes out at present.</summary>
    public sealed record Stuck(string Reason) : Round;
}
