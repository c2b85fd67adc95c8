using Understudy.Contracts;

namespace Understudy.Intake;

/// <summary>What an event may say, beyond its types.</summary>
internal static class EventRules
{
    /// <summary>Longest source, in characters: S3's longest key (1,024 bytes) and its bucket, with room for escapes.</summary>
    public const int MaxSourceLength = 4096;

    /// <summary>Longest reason of a purge, in characters.</summary>
    public const int MaxReasonLength = 1000;

    private const int MaxNameLength = 200;

    /// <summary>What an <see cref="AssetDeleted.DeleteFrom"/> may name, in any case.</summary>
    public static readonly string[] Caches = ["cdn", "internalCache"];

    /// <returns>null where the event is fine, else the field, its value and the rule.</returns>
    public static string? Check(AssetEvent happened)
    {
        var source = happened switch
        {
            AssetIngested e => e.Source,
            SourceUpdated e => e.Source,
            _ => null,
        };
        return happened switch
        {
            { Id.Asset: "" } => "id is missing: it must be 'customer/space/asset'",
            AssetIngested { Lane: Lane.Waiting } => "lane 'waiting' is for requests that are held open (PUT /assets/…?wait=); use hit, ingest, ahead or bulk",
            AssetIngested { Lane: { } lane } when !Enum.IsDefined(lane) => $"lane {(int)lane} is none; use hit, ingest, ahead or bulk",
            AssetDeleted { DeleteFrom: { } caches } when caches.Any(IsNoCache) => $"deleteFrom holds {Named(caches.First(IsNoCache))}; use {string.Join(" and ", Caches)}, or leave it out for all caches",
            PurgeRequested { Targets: { } targets } when targets.Count == 0 || targets.Any(string.IsNullOrEmpty) => "targets must name at least one; leave it out for all",
            PurgeRequested { Reason: { } reason } when FaultOf("reason", reason, MaxReasonLength) is { } wrong => wrong,
            { CustomerName: { } name } when FaultOfName(name) is { } wrong => wrong,
            _ when source is { Length: 0 } => "source must not be empty; leave it out to use the one that is known",
            _ when source is { Length: > MaxSourceLength } => $"source is {source.Length} characters long; at most {MaxSourceLength} are allowed",
            _ when source is not null && source.Any(char.IsControl) => "source must not contain control characters",
            // The catalogue's text is UTF-8, which has no half of a surrogate pair.
            _ when source is not null && !IsUnicode(source) => "source must be valid Unicode (it holds an unpaired surrogate)",
            _ => null,
        };
    }

    /// <returns>null: it may stand for a customer in URLs.</returns>
    public static string? FaultOfName(string name) => FaultOf("customerName", name, MaxNameLength);

    public static string? FaultOf(string field, string text, int longest) =>
        text.Length == 0 ? $"{field} must not be empty; leave it out"
        : text.Length > longest ? $"{field} is {text.Length} characters long; at most {longest} are allowed"
        : text.Any(char.IsControl) || !IsUnicode(text) ? $"{field} must be Unicode without control characters"
        : null;

    private static bool IsNoCache(string? word) => !Caches.Contains(word, StringComparer.OrdinalIgnoreCase);

    private static string Named(string? word) => word is null ? "null" : $"'{word[..Math.Min(word.Length, 40)]}'";

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
                return false;
        }

        return true;
    }
}
