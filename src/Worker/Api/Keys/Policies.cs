using Microsoft.AspNetCore.Authorization;
using Understudy.Contracts;

namespace Understudy.Api.Keys;

/// <summary>Which endpoints want which role. An endpoint that says nothing wants <see cref="Operate"/>.</summary>
internal static class Policies
{
    public const string Read = "read";
    public const string Publish = "publish";
    public const string Operate = "operate";

    public static T RequireRead<T>(this T endpoints) where T : IEndpointConventionBuilder => endpoints.RequireAuthorization(Read);

    public static T RequirePublish<T>(this T endpoints) where T : IEndpointConventionBuilder => endpoints.RequireAuthorization(Publish);

    public static T RequireOperate<T>(this T endpoints) where T : IEndpointConventionBuilder => endpoints.RequireAuthorization(Operate);

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(Read, policy => policy.RequireRole(AtLeast(Role.Read)));
        options.AddPolicy(Publish, policy => policy.RequireRole(AtLeast(Role.Publish)));
        options.AddPolicy(Operate, policy => policy.RequireRole(AtLeast(Role.Operate)));
        options.FallbackPolicy = new AuthorizationPolicyBuilder(KeyAuthentication.SchemeName).RequireAssertion(Unmarked).Build();
    }

    /// <summary>No route, or routing's own answer (405, 415): nothing to guard, and the caller should learn what is wrong.</summary>
    private static bool Unmarked(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint
        || AtLeast(Role.Operate).Any(context.User.IsInRole);

    private static string[] AtLeast(Role role) => [.. Enum.GetValues<Role>().Where(r => r >= role).Select(r => r.ToString())];
}
