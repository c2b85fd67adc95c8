using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;

namespace Understudy.Purging.Targets.Webhooks;

/// <summary>One receiver of <see cref="PurgingOptions"/>.</summary>
internal sealed class WebhookOptions : ICheckedOptions
{
    /// <summary>As it stands in the catalogue and the API: another name is another target.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]{1,64}$")]
    public string Name { get; set; } = "";

    [Required]
    public string Url { get; set; } = "";

    /// <summary>What messages are signed with; receivers can't tell forged ones without. At least 16 characters.</summary>
    [MinLength(16)]
    public string? Secret { get; set; }

    /// <summary>
    /// It is what purges the image servers (IIPImage by a signal, say): told whenever they are, and again when one is seen to show what is old. Else it is told
    /// once, at the very end.
    /// </summary>
    public bool PurgesNodes { get; set; }

    /// <summary>How long it may take to answer, 1 s to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<BrokenRule> Check()
    {
        if (!WebAddress.IsOne(Url, allowQuery: true))
            yield return new(nameof(Url), "must be an address such as https://host/purged");
    }
}
