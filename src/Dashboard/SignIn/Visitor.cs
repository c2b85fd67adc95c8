using System.Security.Claims;
using Understudy.Contracts;

namespace Understudy.Dashboard.SignIn;

/// <summary>Whoever looks at a page.</summary>
/// <param name="Key">With which the API is called for them; null where it wants none.</param>
/// <param name="OnBehalfOf">Their name, where the key is the proxy's.</param>
/// <param name="CanSignOut">They signed in here.</param>
internal sealed record Visitor(string Name, Role Role, string? Key, string? OnBehalfOf, bool CanSignOut)
{
    public const string ProxyClaim = "proxy";
    private const string KeyClaim = "key";
    private const string CookieClaim = "cookie";

    public static Visitor Nobody { get; } = new("", (Role)(-1), null, null, false);

    public bool IsSomebody => Name.Length > 0;

    public bool May(Role role) => Role >= role;

    public static ClaimsPrincipal ByKey(CallerView caller, string key) => Principal(caller.Name, caller.Role, key, CookieClaim);

    public static ClaimsPrincipal ByProxy(string name, Role role, string key) => Principal(name, role, key, ProxyClaim);

    /// <summary>The worker has no keys.</summary>
    public static ClaimsPrincipal Local(CallerView caller) => Principal(caller.Name, caller.Role, null, "open");

    public static Visitor Of(ClaimsPrincipal user) =>
        user.Identity is not { IsAuthenticated: true, AuthenticationType: Doorkeeper.Scheme } ? Nobody : new Visitor(
            user.Identity.Name!,
            Enum.Parse<Role>(user.FindFirstValue(ClaimTypes.Role)!),
            user.FindFirstValue(KeyClaim),
            user.HasClaim(ProxyClaim, "") ? user.Identity.Name : null,
            user.HasClaim(CookieClaim, ""));

    private static ClaimsPrincipal Principal(string name, Role role, string? key, string way)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.Role, $"{role}"), new(way, "")], Doorkeeper.Scheme);
        if (key is not null)
            identity.AddClaim(new(KeyClaim, key));
        return new ClaimsPrincipal(identity);
    }
}
