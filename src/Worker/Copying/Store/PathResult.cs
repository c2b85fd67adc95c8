namespace Understudy.Copying.Store;

/// <summary>An asset's place in the store, or why it has none.</summary>
internal abstract record PathResult
{
    internal sealed record Resolved(StorePath Path) : PathResult;

    /// <param name="Reason">A sentence's end that names the path: "path 'x' has the segment '..'".</param>
    internal sealed record Refused(string Reason) : PathResult;
}
