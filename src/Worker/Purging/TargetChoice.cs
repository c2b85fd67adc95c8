using Understudy.Purging.Targets;

namespace Understudy.Purging;

/// <summary>Some of the targets, by their names or by what they are.</summary>
internal static class TargetChoice
{
    private static readonly Dictionary<string, Predicate<TargetKind>> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["nodes"] = k => k <= TargetKind.NodeHook,
        ["tiles"] = k => k is TargetKind.TileNode or TargetKind.NodeHook,
        ["full"] = k => k is TargetKind.FullNode or TargetKind.NodeHook,
        ["infojson"] = k => k == TargetKind.InfoJsonStore,
        ["varnish"] = k => k == TargetKind.Varnish,
        ["cloudfront"] = k => k == TargetKind.CloudFront,
        ["webhooks"] = k => k is TargetKind.NodeHook or TargetKind.Webhook,
        // DLCS's own words, of deletions.
        ["cdn"] = k => k == TargetKind.CloudFront,
        ["internalCache"] = k => k <= TargetKind.Varnish,
    };

    /// <param name="only">null: all are chosen.</param>
    public static bool Includes(IReadOnlyList<string>? only, IPurgeTarget target) =>
        only is null || only.Any(word => word == target.Name || Words.TryGetValue(word, out var kind) && kind(target.Kind));

    /// <summary>What a deletion is for: webhooks are told all the same, for they stand for those who remember copies.</summary>
    public static string[]? OfDeletion(IReadOnlyList<string>? deleteFrom) => deleteFrom is null ? null : [.. deleteFrom, "webhooks"];

    /// <returns>null: each word chooses a target. Else what to say to whoever wrote it.</returns>
    public static string? FaultOf(IReadOnlyList<string>? only, IReadOnlyList<IPurgeTarget> targets)
    {
        if (only is null)
            return null;
        var known = string.Join(", ", Words.Where(w => targets.Any(t => w.Value(t.Kind))).Select(w => w.Key).Concat(targets.Select(t => $"'{t.Name}'")));
        if (only.Count == 0)
            return $"targets must name at least one of {known}, or be left out for all";
        return only.FirstOrDefault(word => !targets.Any(t => Includes([word], t))) is { } stranger ? $"'{stranger}' is no target here; there are {known}" : null;
    }
}
