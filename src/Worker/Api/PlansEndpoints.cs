using System.Text.Json;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Plans.Bulk;
using Understudy.Plans.Lists;

namespace Understudy.Api;

/// <summary>Plans: which there are, why they were given up, and what is to become of those.</summary>
internal static class PlansEndpoints
{
    private const int MostActions = 100;

    public static void MapPlans(this IEndpointRouteBuilder app)
    {
        const string filter = "?lane= ?stage= ?fault= ?customer= ?reason= (what it begins with)";
        app.MapGet("/api/v1/plans/list", ListAsync).RequireRead()
            .WithSummary($"Plans in a ?state= (dead, pending, running), a page at a time, dead ones newest first, others by when they are due: {filter} ?after= ?limit=")
            .Produces<PageView<PlanSummary>>().ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/plans/count", CountAsync).RequireRead()
            .WithSummary($"How many plans in a ?state= there are, 200,000 at most: {filter}")
            .Produces<PlansCounted>().ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/plans/faults", (PlanLists lists, CancellationToken cancel) => lists.FaultsAsync(cancel)).RequireRead()
            .WithSummary("What plans were given up for: how many by stage and fault, and what the newest of them say.").Produces<FaultGroup[]>();
        app.MapPost("/api/v1/plans/retry", (HttpContext http, PlanActions actions, CancellationToken cancel) => BeginAsync(PlanAct.Retry, http, actions, cancel)).RequireOperate()
            .WithSummary("Tries all dead plans again that match a filter; 202 with how many, and where to see how far that is.")
            .Accepts<PlanActionRequest>("application/json").Produces<PlanActionView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapPost("/api/v1/plans/drop", (HttpContext http, PlanActions actions, CancellationToken cancel) => BeginAsync(PlanAct.Drop, http, actions, cancel)).RequireOperate()
            .WithSummary("Gives all dead plans up for good that match a filter; 202 with how many. Purges and deletions that aren't done are kept, unless forced.")
            .Accepts<PlanActionRequest>("application/json").Produces<PlanActionView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/plans/actions", (PlanActions actions, CancellationToken cancel) => actions.ListAsync(null, MostActions, cancel)).RequireRead()
            .WithSummary("The newest 100 retries and drops of many plans: how far they are, and who asked for them.").Produces<PlanActionView[]>();
        app.MapGet("/api/v1/plans/actions/{id}", FindAsync).RequireRead()
            .WithSummary("A retry or drop of many plans, and how far it is.").Produces<PlanActionView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapDelete("/api/v1/assets/{customer}/{space}/{asset}/plan", DropAsync).RequireOperate()
            .WithSummary("Gives the asset's dead plan up for good; 409 where it isn't dead, or where a purge or deletion isn't done, unless ?force=true.")
            .Produces<AssetView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(PlanQuery query, string? after, string? limit, PlanLists lists, CancellationToken cancel)
    {
        if (query.Problem is not null)
            return query.Problem;
        if (!Query.TryNumber(limit, 1, 1000, out var most))
            return Problems.Invalid("limit", limit, "must be a whole number from 1 to 1000");
        PlanPlace? place = null;
        if (after is not null && (place = PlanPlace.Parse(after)) is null)
            return Problems.Invalid("after", after, "must be the 'next' of the page before");
        return TypedResults.Ok(await lists.ListAsync(query.State, query.Filter, place, most ?? 100, cancel));
    }

    private static async Task<IResult> CountAsync(PlanQuery query, PlanLists lists, CancellationToken cancel) =>
        query.Problem ?? TypedResults.Ok(await lists.CountAsync(query.State, query.Filter, cancel));

    private static async Task<IResult> BeginAsync(PlanAct act, HttpContext http, PlanActions actions, CancellationToken cancel)
    {
        PlanActionRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync<PlanActionRequest>(http.Request.Body, Wire.Json, cancel);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return Problems.BadJson(e);
        }

        if (request?.Filter is null)
            return Problems.Of(StatusCodes.Status400BadRequest, """say which plans: {"filter":{"stage":"copy","fault":"failed"}}; an empty filter means all that are dead""");
        if (PlanQuery.FaultOf(request.Filter) is { } wrong)
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        var view = await actions.BeginAsync(act, request, http.User.Identity?.Name, cancel);
        return TypedResults.Accepted($"/api/v1/plans/actions/{view.Id}", view);
    }

    private static async Task<IResult> FindAsync(string id, PlanActions actions, CancellationToken cancel) =>
        Guid.TryParse(id, out var known) && await actions.FindAsync(known, cancel) is { } view
            ? TypedResults.Ok(view)
            : Problems.Of(StatusCodes.Status404NotFound, $"there is no action '{id}'");

    private static async Task<IResult> DropAsync(AssetRoute route, string? force, HttpContext http, PlanActions actions, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        if (force is not (null or "true" or "false"))
            return Problems.Invalid("force", force, "must be true or false");
        var outcome = await actions.DropAsync(route.Id, force == "true", http.User.Identity?.Name, cancel);
        return (outcome, await views.FindAsync(route.Id, cancel)) switch
        {
            (Dropping.Dropped, var view) => TypedResults.Ok(view),
            (Dropping.Owes, _) => Problems.Of(StatusCodes.Status409Conflict, $"caches may still serve what they should have forgotten of {route.Id}, and without its plan nobody would try again; ?force=true drops it all the same"),
            (_, { Plan: not null }) => Problems.Of(StatusCodes.Status409Conflict, $"the plan of {route.Id} isn't dead; what is under way can't be dropped"),
            _ => Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} has no plan"),
        };
    }
}
