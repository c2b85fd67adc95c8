using System.ComponentModel.DataAnnotations;
using Understudy.Contracts;
using Understudy.Hosting.Configuration;

namespace Understudy.Api.Keys;

/// <summary>Section <c>Api</c>: who may call. Without keys everybody may, and the worker listens to its own machine only.</summary>
internal sealed class ApiOptions : ICheckedOptions
{
    public ApiKey[] Keys { get; set; } = [];

    /// <summary>
    /// Lets DLCS's Engine report ingests (<c>GET /iiif-img/{id}/info.json</c>) without a key, as it can't send one. Whoever
    /// reaches the worker can then make it look at a known source again, no more.
    /// </summary>
    public bool IngestCallWithoutKey { get; set; }

    public IEnumerable<BrokenRule> Check()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, key) in Keys.Index())
        {
            if (key.Name.Length > 0 && !names.Add(key.Name))
                yield return new($"Keys:{i}:{nameof(ApiKey.Name)}", "must be another name than those of the keys before it");
            if (key.Key.Length > 0 && !keys.Add(key.Key))
                yield return new($"Keys:{i}:{nameof(ApiKey.Key)}", "must be another key than those before it");
        }
    }
}

internal sealed class ApiKey
{
    /// <summary>Who holds the key; the log names it, never the key.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>What the caller sends as <c>Authorization: Bearer</c>. Printable ASCII without spaces, as it travels in a header.</summary>
    [RegularExpression("[!-~]{16,}", ErrorMessage = "must be at least 16 characters long, printable ASCII without spaces"), Required]
    public string Key { get; set; } = "";

    [Required(ErrorMessage = "must be one of Read, Publish, Operate")]
    public Role? Role { get; set; }

    /// <summary>
    /// Lets the caller say for whom it acts (<c>X-Understudy-User</c>), and that name stands in records and logs: for a dashboard that
    /// people sign in to elsewhere. Whoever holds such a key can write any name there.
    /// </summary>
    public bool ActsForOthers { get; set; }
}
