using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Understudy.Contracts;

namespace Understudy.Api.Keys;

/// <summary><c>Authorization: Bearer KEY</c>. Without any keys every caller is the operator: only this machine gets here then.</summary>
internal sealed partial class KeyAuthentication(
    KeyRing keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";

    private const string Prefix = "Bearer ";

    private const int LongestUser = 200;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"understudy\"";
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "send a key of this worker as 'Authorization: Bearer KEY' (Api:Keys in its configuration)");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var role = Context.User.FindFirstValue(ClaimTypes.Role);
        Log.RoleTooSmall(Logger, Context.User.Identity?.Name, role, Request.Method, Request.Path);
        return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, $"the role {role} of this key may not {Request.Method} {Request.Path}");
    }

    private AuthenticateResult Authenticate()
    {
        if (keys.IsEmpty)
            return Succeed("local", Role.Operate);
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (keys.Find(text[Prefix.Length..].Trim()) is { } key)
            return Succeed(key.ActsForOthers && OnBehalfOf() is { } user ? $"{user} ({key.Name})" : key.Name, key.Role!.Value);

        Log.WrongKey(Logger, Context.Connection.RemoteIpAddress, Request.Method, Request.Path);
        return AuthenticateResult.Fail("no such key");
    }

    /// <returns>null where nobody, or nothing that could be a name, is named.</returns>
    private string? OnBehalfOf()
    {
        if (Request.Headers[UnderstudyClient.OnBehalfOfHeader] is not [{ Length: > 0 and <= LongestUser } encoded])
            return null;
        var user = Uri.UnescapeDataString(encoded);
        return user.Any(c => char.IsControl(c) || char.IsSurrogate(c)) ? null : user;
    }

    private static AuthenticateResult Succeed(string name, Role role)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.Role, role.ToString())], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private static partial class Log
    {
        [LoggerMessage(131, LogLevel.Warning, "A wrong key came from {Address} for {Method} {Path}")]
        public static partial void WrongKey(ILogger logger, System.Net.IPAddress? address, string method, PathString path);

        [LoggerMessage(132, LogLevel.Warning, "Key {Key} with role {Role} was refused {Method} {Path}")]
        public static partial void RoleTooSmall(ILogger logger, string? key, string? role, string method, PathString path);
    }
}
