using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;

namespace Understudy.Purging.Targets.Edge;

internal enum VarnishMode
{
    /// <summary><c>BAN /{customer}/{space}/{asset}</c>, with the id as a header too: what DLCS's VCL understands.</summary>
    Ban,

    /// <summary><c>PURGE</c> of each of <see cref="VarnishOptions.Paths"/>: what most VCLs understand. Reaches no tiles, whose URLs nobody knows.</summary>
    Purge,

    /// <summary><c>PURGE /</c> with the ids in a header, for vmod_xkey: many at once.</summary>
    XKey,
}

/// <summary>One Varnish of <see cref="PurgingOptions"/>; it must let the worker's address in (its <c>acl</c>).</summary>
internal sealed class VarnishOptions : ICheckedOptions
{
    /// <summary>Its own address, as <c>http://10.0.0.20:6081</c>; never a load balancer's.</summary>
    [Required]
    public string Url { get; set; } = "";

    public VarnishMode Mode { get; set; }

    /// <summary>The header that says which assets: <c>x-asset-id</c> for bans, <c>xkey-purge</c> for keys, if not set.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,100}$")]
    public string? Header { get; set; }

    /// <summary>Whose PURGE it is, where the VCL looks at it: sent as <c>Host</c>. None: that of <see cref="Url"/>.</summary>
    public string? Host { get; set; }

    /// <summary>What is purged with <see cref="VarnishMode.Purge"/>, with <c>{id}</c> or its parts.</summary>
    public string[] Paths { get; set; } = ["/iiif-img/{id}/info.json", "/iiif-img/v2/{id}/info.json", "/iiif-img/v3/{id}/info.json"];

    /// <summary>How long it may take to answer, 1 s to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public string HeaderInUse => Header ?? (Mode == VarnishMode.XKey ? "xkey-purge" : "x-asset-id");

    public IEnumerable<BrokenRule> Check()
    {
        if (!WebAddress.IsOne(Url))
            yield return new(nameof(Url), "must be an address such as http://10.0.0.20:6081");
        if (Mode == VarnishMode.Purge && Paths.Length == 0)
            yield return new(nameof(Paths), "must name at least one path with Mode Purge");
        foreach (var (path, i) in Paths.Select((p, i) => (p, i)))
        {
            if (PathFault(path) is { } fault)
                yield return new($"{nameof(Paths)}:{i}", fault);
        }
    }

    internal static string? PathFault(string path) => path.StartsWith('/') ? IdTemplate.FaultOf(path) : "must begin with a slash";
}
