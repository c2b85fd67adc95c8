using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>Ids from one up to, and without, another, in the order of their bytes: what an index finds at once among a million.</summary>
/// <param name="To">null: there is no end.</param>
internal sealed record IdRange(string From, string? To)
{
    /// <summary>All that begin so.</summary>
    public static IdRange Of(string prefix) => new(prefix, prefix.Length == 0 ? null : prefix + char.ConvertFromUtf32(0x10FFFF));

    /// <summary>What a search means: <paramref name="query"/> is what the id begins with, or, in a space, what its last part begins with.</summary>
    /// <param name="rule">What is wrong with the query, going on after "it"; null where nothing is.</param>
    public static IdRange? Of(string? query, int? customer, int? space, out string? rule)
    {
        rule = null;
        var within = (customer, space) switch { ({ } c, { } s) => $"{c}/{s}/", ({ } c, null) => $"{c}/", _ => "" };
        if (string.IsNullOrEmpty(query))
            return Of(within);
        var prefix = query.Contains('/') || customer is null && query.All(char.IsAsciiDigit) ? query
            : space is not null && customer is not null ? within + query
            : null;
        if (prefix is null || prefix.Length > AssetId.MaxLength || prefix.Any(char.IsControl))
        {
            rule = "must be the beginning of an id, such as 2/5/fo; or, with customer and space, of its last part";
            return null;
        }

        // Both are wanted: the longer says more, unless they contradict each other.
        return prefix.StartsWith(within, StringComparison.Ordinal) ? Of(prefix) : within.StartsWith(prefix, StringComparison.Ordinal) ? Of(within) : new IdRange("", "");
    }
}
