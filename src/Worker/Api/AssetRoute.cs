using Microsoft.AspNetCore.Http.Features;
using Understudy.Contracts;

namespace Understudy.Api;

/// <summary>The asset id in a route's <c>{customer}/{space}/{asset}</c>, or the problem with it.</summary>
internal sealed record AssetRoute(AssetId Id, IResult? Problem)
{
    public static ValueTask<AssetRoute> BindAsync(HttpContext context)
    {
        // The server leaves %2F as it is, so that a slash in an id can't pose as a separator; it is no legal id either way.
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        var error = path.Contains("%2F", StringComparison.OrdinalIgnoreCase) ? "the asset part must not contain a slash (%2F)" : null;
        var id = default(AssetId);
        if (error is null && !AssetId.TryCreate(Value("customer"), Value("space"), Value("asset"), out id, out var wrong))
            error = wrong;
        return ValueTask.FromResult(new AssetRoute(id, error is null ? null : Problems.Of(StatusCodes.Status400BadRequest, error)));

        string Value(string name) => context.GetRouteValue(name) as string ?? "";
    }
}
