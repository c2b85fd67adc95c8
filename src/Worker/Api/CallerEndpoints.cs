using System.Security.Claims;
using Understudy.Api.Keys;
using Understudy.Contracts;

namespace Understudy.Api;

/// <summary>Who a key belongs to, and what it is good for.</summary>
internal static class CallerEndpoints
{
    public static void MapCaller(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/me", Me).RequireRead().WithSummary("Who calls: the key's name and role.").Produces<CallerView>();

    private static CallerView Me(HttpContext http, KeyRing keys) =>
        new(http.User.Identity!.Name!, Enum.Parse<Role>(http.User.FindFirstValue(ClaimTypes.Role)!), !keys.IsEmpty);
}
