using System.Net;
using Understudy.Contracts;

namespace Understudy.Dashboard;

/// <summary>Section <c>Dashboard</c>: the pages that operators look at.</summary>
internal class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>Whether the worker serves them, at <c>/</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The worker whose API they show, as <c>http://10.0.0.5:8080</c>. None: the one that serves them.</summary>
    public Uri? Api { get; set; }

    /// <summary>What their URLs begin with behind a proxy that passes it on, as <c>/understudy</c>. None: nothing, or what a trusted proxy says in <c>X-Forwarded-Prefix</c>.</summary>
    public string? PathBase { get; set; }

    /// <summary>Sign-in by a proxy in front of them.</summary>
    public ProxyOptions Proxy { get; set; } = new();

    public IEnumerable<(string Key, string Rule)> Broken()
    {
        if (Api is not null && Api.Scheme is not ("http" or "https"))
            yield return (nameof(Api), "must be a worker's address, such as http://10.0.0.5:8080");
        if (PathBase is not null && !IsPath(PathBase))
            yield return (nameof(PathBase), "must begin with a slash and not end with one, such as /understudy; letters, digits, '-', '_' and '.' between");
        foreach (var (key, rule) in Proxy.Broken())
            yield return ($"{nameof(Proxy)}:{key}", rule);
    }

    /// <summary>Whether links may begin with it.</summary>
    public static bool IsPath(string text) =>
        text.Length > 1 && text.Split('/') is ["", .. var parts] && parts.All(p => p.Length > 0 && p != ".." && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
}

/// <summary>A proxy that has people sign in (OIDC and the like) and names them in a header. It must take that header off what comes from outside.</summary>
internal sealed class ProxyOptions
{
    /// <summary>Whom to believe: addresses or networks, as <c>10.0.0.7</c> or <c>10.0.0.0/24</c>. None: nobody, and headers mean nothing.</summary>
    public string[] Addresses { get; set; } = [];

    /// <summary>The header with the person's name, as <c>X-Forwarded-User</c>.</summary>
    public string? UserHeader { get; set; }

    /// <summary>The header with the person's groups, separated by commas, as <c>X-Forwarded-Groups</c>.</summary>
    public string? RoleHeader { get; set; }

    /// <summary>What a group may do; of several the greatest counts. <c>*</c> is everybody whom the proxy lets through.</summary>
    public Dictionary<string, Role> Roles { get; set; } = [];

    /// <summary>The API's key for people with the role <c>Read</c>.</summary>
    public string? ReadKey { get; set; }

    public string? PublishKey { get; set; }

    public string? OperateKey { get; set; }

    public string? KeyFor(Role role) => role switch { Role.Operate => OperateKey, Role.Publish => PublishKey, _ => ReadKey };

    public IReadOnlyList<IPNetwork> Networks => [.. Addresses.Select(Network).OfType<IPNetwork>()];

    public IEnumerable<(string Key, string Rule)> Broken()
    {
        for (var i = 0; i < Addresses.Length; i++)
        {
            if (Network(Addresses[i]) is null)
                yield return ($"{nameof(Addresses)}:{i}", "must be an address or a network, such as 10.0.0.7 or 10.0.0.0/24");
        }

        if (UserHeader is null)
            yield break;
        if (Addresses.Length == 0)
            yield return (nameof(Addresses), $"must name the proxy where {nameof(UserHeader)} is set: anybody could send that header");
        if (Roles.Count == 0)
            yield return (nameof(Roles), $"must say what people may do where {nameof(UserHeader)} is set, such as '*' = Read");
        foreach (var role in Roles.Values.Distinct().Where(r => string.IsNullOrEmpty(KeyFor(r))))
            yield return ($"{role}Key", $"must be a key of the API, as {nameof(Roles)} gives the role {role}");
    }

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
