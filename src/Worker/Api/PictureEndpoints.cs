using Understudy.Api.Keys;
using Understudy.Plans;
using Understudy.Warming;

namespace Understudy.Api;

/// <summary>A small picture of an asset, for people who look into it.</summary>
internal static class PictureEndpoints
{
    public static void MapPicture(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/assets/{customer}/{space}/{asset}/picture", FindAsync).RequireRead()
            .WithSummary("A picture of the asset from the tile cluster, at most 400 pixels wide and high: 404 no copy, 409 no image server is configured, 502 none gave a picture.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/jpeg", "image/png", "image/webp", "image/gif").ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway);

    private static async Task<IResult> FindAsync(AssetRoute route, HttpContext http, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        if (http.RequestServices.GetService<SmallPictures>() is not { } pictures)
            return Problems.Of(StatusCodes.Status409Conflict, "there is no image server to ask: Cantaloupe:Tiles:Nodes names none");
        if (await views.FindAsync(route.Id, cancel) is not { Copy: { } copy })
            return Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} has no copy that an image server could show");
        var (picture, reason) = await pictures.GetAsync(route.Id, copy, cancel);
        if (picture is null)
            return Problems.Of(StatusCodes.Status502BadGateway, $"no image server gave a picture of {route.Id}: {reason}");
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "private, max-age=60";
        return TypedResults.Bytes(picture.Bytes, picture.ContentType);
    }
}
