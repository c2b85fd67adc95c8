using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>What a message says, whoever wrote it.</summary>
/// <param name="Shape">Which form it had, for metrics and logs: <c>contract</c>, <c>masstransit</c>, <c>dlcs-delete</c>, <c>s3</c> …</param>
internal abstract record Understood(string Shape)
{
    /// <summary>Something happened to assets; never empty.</summary>
    /// <param name="FromDlcs">DLCS says so; its database, where there is one, knows better.</param>
    internal sealed record Events(string Shape, IReadOnlyList<AssetEvent> Happened, bool FromDlcs = false) : Understood(Shape);

    /// <summary>All of a DLCS batch is ingested; which assets that are, only DLCS's database knows.</summary>
    internal sealed record BatchCompleted(string Shape, int Customer, int Batch, DateTimeOffset At) : Understood(Shape);

    /// <summary>Well-formed, and none of our business: a test message, a thumbnail's key, an adjunct.</summary>
    internal sealed record Ignored(string Shape, string Reason) : Understood(Shape);

    /// <summary>No known shape, or one that breaks its rules: it must end where somebody looks at it.</summary>
    internal sealed record Refused(string Reason) : Understood("unknown");
}
