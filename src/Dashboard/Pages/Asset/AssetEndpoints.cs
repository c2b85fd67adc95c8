using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Pages.Asset;

/// <summary>One asset: its page, its picture, and what can be done to it.</summary>
internal static class AssetEndpoints
{
    private const string Route = "/assets/{customer}/{space}/{asset}";

    // What a browser shows and never runs, whatever the API should pass on.
    private static readonly string[] PictureTypes = ["image/jpeg", "image/png", "image/webp", "image/gif"];

    public static void MapAsset(this IEndpointRouteBuilder pages)
    {
        pages.MapGet(Route, ShowAsync);
        pages.MapGet(Route + "/picture", PictureAsync);
        pages.MapGet(Route + "/{verb}", AskAsync);
        pages.MapPost(Route + "/{verb}", DoAsync);
    }

    private static async Task<IResult> ShowAsync(string customer, string space, string asset, string? done, UnderstudyClient api, CancellationToken cancel)
    {
        if (!AssetId.TryCreate(customer, space, asset, out var id, out var error))
            return Html.Problem(StatusCodes.Status404NotFound, error);
        return await AssetData.FindAsync(api, id, cancel) is { } data
            ? Html.Page<AssetPage>(new { Data = data, Done = AssetVerb.Find(done)?.Done })
            : Html.Page<UnknownAssetPage>(new { Id = id }, StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PictureAsync(string customer, string space, string asset, UnderstudyClient api, HttpContext http, CancellationToken cancel)
    {
        if (!AssetId.TryCreate(customer, space, asset, out var id, out var error))
            return Results.Text(error, statusCode: StatusCodes.Status404NotFound);
        try
        {
            var picture = await api.PictureAsync(id, cancel);
            if (!PictureTypes.Contains(picture.ContentType))
                return Results.Text($"The worker sent {picture.ContentType}, which is no picture.", statusCode: StatusCodes.Status502BadGateway);
            http.Response.Headers.CacheControl = "private, max-age=60";
            return Results.Bytes(picture.Bytes, picture.ContentType);
        }
        catch (UnderstudyException none)
        {
            // As text: the script shows it where the picture would be.
            return Results.Text(none.Message, statusCode: (int)none.Status);
        }
    }

    /// <summary>The form of what wants to be thought over, or told more.</summary>
    private static async Task<IResult> AskAsync(string customer, string space, string asset, string verb, Visitor visitor, UnderstudyClient api, CancellationToken cancel)
    {
        if (!AssetId.TryCreate(customer, space, asset, out var id, out var error))
            return Html.Problem(StatusCodes.Status404NotFound, error);
        if (AssetVerb.Find(verb) is not { Asks: true } asked)
            return Html.Problem(StatusCodes.Status404NotFound, $"There is no '{verb}' that could be done to an asset.");
        if (!visitor.May(asked.Role))
            return Html.Problem(StatusCodes.Status403Forbidden, $"Your role may look at {id}, and not {asked.Name} it.");
        return await AssetData.FindAsync(api, id, cancel) is { } data
            ? Html.Page<AskPage>(new { Verb = asked, Data = data })
            : Html.Page<UnknownAssetPage>(new { Id = id }, StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> DoAsync(
        string customer, string space, string asset, string verb, HttpContext http, UnderstudyClient api, Links links, TimeProvider time, CancellationToken cancel)
    {
        if (!AssetId.TryCreate(customer, space, asset, out var id, out var error))
            return Html.Problem(StatusCodes.Status404NotFound, error);
        if (AssetVerb.Find(verb) is not { } wanted)
            return Html.Problem(StatusCodes.Status404NotFound, $"There is no '{verb}' that could be done to an asset.");
        // Whether they may is for the API to say.
        await wanted.Do(new AssetOrder(api, id, await http.Request.ReadFormAsync(cancel), time), cancel);
        return Results.Redirect($"{links.Asset(id)}?done={wanted.Name}");
    }
}
