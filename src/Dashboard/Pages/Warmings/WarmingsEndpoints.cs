using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Pages.Warmings;

/// <summary>Bulk warmings: the newest, a form for another one, and their end.</summary>
internal static class WarmingsEndpoints
{
    public static void MapWarmings(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/warmings", (string? done, UnderstudyClient api, CancellationToken cancel) => ShowAsync(Done(done), new WarmingEntry(), StatusCodes.Status200OK, api, cancel));
        pages.MapPost("/warmings", BeginAsync);
        pages.MapPost("/warmings/{id:guid}/cancel", CancelAsync);
    }

    private static async Task<IResult> ShowAsync(string? done, WarmingEntry entry, int status, UnderstudyClient api, CancellationToken cancel)
    {
        var (warmings, nodes) = (api.WarmingsAsync(cancel), api.NodesAsync(cancel));
        await Task.WhenAll(warmings, nodes);
        return Html.Page<WarmingsPage>(new { Warmings = await warmings, HasImageServer = (await nodes).Count > 0, Done = done, Entry = entry }, status);
    }

    private static async Task<IResult> BeginAsync(HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        var entry = WarmingEntry.Of(await http.Request.ReadFormAsync(cancel));
        if (entry.Request(out var wrong) is not { } request)
            return await ShowAsync(null, entry with { Refusal = wrong }, StatusCodes.Status400BadRequest, api, cancel);
        try
        {
            await api.BeginWarmingAsync(request, cancel);
            return Results.Redirect(links.To("/warmings", ("done", "begin")));
        }
        catch (UnderstudyException refused) when (refused.Status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict)
        {
            return await ShowAsync(null, entry with { Refusal = Refusal.Of(refused.Message, WarmingEntry.RateField) }, (int)refused.Status, api, cancel);
        }
    }

    private static async Task<IResult> CancelAsync(Guid id, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        await api.CancelWarmingAsync(id, cancel);
        return Results.Redirect(links.To("/warmings", ("done", "cancel")));
    }

    private static string? Done(string? verb) => verb switch
    {
        "begin" => "It has begun.",
        "cancel" => "It is cancelled, also what was under way.",
        _ => null,
    };
}
