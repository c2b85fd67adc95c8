using Understudy.Contracts;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Pages.Purges;

internal static class PurgeWords
{
    /// <summary>Which assets.</summary>
    public static string Scope(BulkPurgeView purge) =>
        purge.IsList ? $"a list of {Show.Number(purge.Total)}" : purge.Space is { } space ? $"customer {purge.Customer}, space {space}" : $"customer {purge.Customer}";

    public static (string Word, string Kind) State(BulkPurgeView purge) => purge switch
    {
        { CancelledAt: not null } => ("cancelled", "warn"),
        { EndedAt: null } => ("under way", "busy"),
        { Failed: > 0 } => ("done, some failed", "bad"),
        _ => ("done", "good"),
    };

    public static bool IsUnderWay(BulkPurgeView purge) => purge is { EndedAt: null, CancelledAt: null };

    /// <summary>Of all, for a bar.</summary>
    public static double Share(long some, long total) => total == 0 ? 0 : (double)some / total;

    public static string Counts(BulkPurgeView purge) => string.Join(", ", new[]
    {
        $"{Show.Number(purge.Done)} of {Show.Number(purge.Total)} clean",
        purge.Waiting > 0 ? $"{Show.Number(purge.Waiting)} under way" : null,
        purge.Skipped > 0 ? $"{Show.Number(purge.Skipped)} skipped" : null,
        purge.Failed > 0 ? $"{Show.Number(purge.Failed)} failed" : null,
    }.OfType<string>());
}
