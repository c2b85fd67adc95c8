using Understudy.Contracts;
using Understudy.Copying.Sources;
using Understudy.Plans;

namespace Understudy.Copying.Auditing;

/// <summary>A copy and what it was made of.</summary>
/// <param name="Known">The asset's source as events named it.</param>
/// <param name="CopiedFrom">The copy's.</param>
/// <param name="ETag">Empty where it isn't known, of what the worker didn't copy itself.</param>
internal sealed record Audited(AssetId Id, string? Known, long Generation, string CopiedFrom, string ETag, string? VersionId, DateTimeOffset? Modified, long Bytes)
{
    public SourceVersion Version { get; } = new(ETag, VersionId, Modified, Bytes);

    /// <summary>What to ask the source for.</summary>
    public Condition Condition => ETag.Length == 0 ? new Condition.Any() : new Condition.Not(Version);

    /// <summary>Also servers that don't know conditions are understood.</summary>
    public bool IsOf(SourceVersion now) => now.Length == Bytes && (ETag.Length == 0 || now.ETag == ETag);
}

/// <summary>What a look at a source showed.</summary>
internal enum Sight
{
    Unchanged,
    Changed,
    Gone,

    /// <summary>It can't be asked, now or at all.</summary>
    Unknown,

    /// <summary>An event came meanwhile, or the copy was made of another source: nothing can be said.</summary>
    Overtaken,
}
