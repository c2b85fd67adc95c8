using Microsoft.AspNetCore.Http.HttpResults;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Intake;
using Understudy.Plans;

namespace Understudy.Api;

/// <summary>Single assets: want, look at, refresh, retry, remove.</summary>
internal static class AssetsEndpoints
{
    public static void MapAssets(this IEndpointRouteBuilder app)
    {
        var asset = app.MapGroup("/api/v1/assets/{customer}/{space}/{asset}");
        asset.MapPut("", EnsureAsync).RequirePublish()
            .WithSummary("Wants the asset in the store: 200 when its copy is there within ?wait= (10s, 500ms, 2m), 202 when not yet, 404 no source, 422 bad source, 503 no room.")
            .Produces<AssetView>().Produces<AssetView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status502BadGateway).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        asset.MapGet("", FindAsync).RequireRead()
            .WithSummary("Everything known of the asset.").Produces<AssetView>().ProducesProblem(StatusCodes.Status404NotFound);
        asset.MapDelete("", RemoveAsync).RequireOperate()
            .WithSummary("Removes the copy; 202 when the plan is committed.").Produces<AssetView>(StatusCodes.Status202Accepted);
        asset.MapPost("/refresh", RefreshAsync).RequireOperate()
            .WithSummary("Looks at the source again and replaces the copy where it changed.").Produces<AssetView>(StatusCodes.Status202Accepted);
        asset.MapPost("/retry", RetryAsync).RequireOperate()
            .WithSummary("Tries the asset's plan again now, also a dead one; 404 where it has none.").Produces<AssetView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/api/v1/assets", ListAsync).RequireRead()
            .WithSummary("Assets by id, a page at a time: ?q= (what the id begins with, or its last part in a space) ?customer= ?space= ?state= ?stage= ?after= ?limit=").Produces<PageView<AssetSummary>>();
    }

    private static async Task<IResult> EnsureAsync(
        AssetRoute route, string? wait, AssetViews views, StoreFolder store, IntakeQueue intake, Waiters waiters, PlanOptions options, TimeProvider time,
        HttpContext http, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        if (!WaitTime.TryParse(wait, out var patience))
            return Problems.Invalid("wait", wait, $"must be a time such as 10s, 500ms or 2m, at most {WaitTime.Longest.TotalMinutes} minutes");

        var view = await views.FindAsync(route.Id, cancel);
        if (view is { State: AssetState.Present, Copy: { } copy } && IsInStore(store, copy) || IsServedMeanwhile(view, store))
        {
            intake.Count(route.Id);
            return Answer(http, store, view!);
        }

        if (view is { State: AssetState.Dead, Plan.DeadAt: { } died } && time.GetUtcNow() - died < options.DeadFor)
            return Answer(http, store, view);

        // A copy that the catalogue has and the store hasn't (NAS volumes do lose files) is made again.
        var lane = patience > TimeSpan.Zero ? Lane.Waiting : Lane.Hit;
        await intake.WantAsync(Wish.Use(route.Id, lane, force: view?.State == AssetState.Present), cancel);
        view = patience > TimeSpan.Zero
            ? await waiters.WaitAsync(route.Id, patience, cancel)
            : await views.FindAsync(route.Id, cancel);
        return Answer(http, store, view!);
    }

    /// <summary>An ingest is under way, for hours perhaps, and the copy before it is what tile servers show meanwhile; or caches are being purged, and the copy is the new one.</summary>
    private static bool IsServedMeanwhile(AssetView? view, StoreFolder store) =>
        view is { State: AssetState.Pending or AssetState.Running, Plan: { Stage: Stages.Await or Stages.Purge, Goal: not Goal.Absent }, Copy: { } copy } && IsInStore(store, copy);

    private static bool IsInStore(StoreFolder store, CopyView copy) =>
        StorePath.Parse(copy.Path) is PathResult.Resolved(var path) && store.Find(path)?.Length == copy.Bytes;

    private static IResult Answer(HttpContext http, StoreFolder store, AssetView view)
    {
        switch (view)
        {
            case { State: AssetState.Present, Copy: { } copy }:
                return Found(copy);
            // The update failed or has no room; the copy before it is whole, and the tile servers serve it. The view says why it is the older one.
            case { Copy: { } older } when IsServedMeanwhile(view, store):
                return Found(older);
            case { Plan.Goal: not Goal.Absent, Copy: { } older } when Waiters.IsSettled(view) && IsInStore(store, older):
                return Found(older);
            case { State: AssetState.Dead, Plan: { } plan }:
                return Problems.Of(
                    plan.Fault switch
                    {
                        Fault.SourceGone => StatusCodes.Status404NotFound,
                        Fault.BadSource => StatusCodes.Status422UnprocessableEntity,
                        _ => StatusCodes.Status502BadGateway,
                    },
                    plan.Reason ?? "given up");
            case { State: AssetState.Pending, Plan: { Fault: Fault.NoRoom } plan }:
                http.Response.Headers.RetryAfter = "10";
                return Problems.Of(StatusCodes.Status503ServiceUnavailable, plan.Reason ?? "no room");
            case { State: AssetState.Absent }:
                return Problems.Of(StatusCodes.Status404NotFound, $"{view.Id} was deleted, or DLCS has it not for delivery; an AssetIngested or SourceUpdated event brings it back");
            default:
                return TypedResults.Accepted((string?)null, view);
        }

        IResult Found(CopyView copy)
        {
            http.Response.Headers.ETag = copy.ETag;
            return TypedResults.Ok(view);
        }
    }

    private static async Task<IResult> FindAsync(AssetRoute route, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        return await views.FindWithHistoryAsync(route.Id, cancel) is { } view ? TypedResults.Ok(view) : Unknown(route.Id);
    }

    private static Task<IResult> RemoveAsync(AssetRoute route, IntakeQueue intake, AssetViews views, CancellationToken cancel) =>
        ChangeAsync(route, new AssetDeleted { Id = route.Id }, intake, views, cancel);

    private static Task<IResult> RefreshAsync(AssetRoute route, IntakeQueue intake, AssetViews views, CancellationToken cancel) =>
        ChangeAsync(route, new SourceUpdated { Id = route.Id }, intake, views, cancel);

    private static async Task<IResult> ChangeAsync(AssetRoute route, AssetEvent change, IntakeQueue intake, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        await intake.AcceptAsync([change], cancel);
        return TypedResults.Accepted((string?)null, await views.FindAsync(route.Id, cancel));
    }

    private static async Task<IResult> RetryAsync(AssetRoute route, Retries retries, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        return await retries.RetryAsync(route.Id, cancel)
            ? TypedResults.Accepted((string?)null, await views.FindAsync(route.Id, cancel))
            : Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} has no plan that could be tried again");
    }

    private static async Task<IResult> ListAsync(
        string? q, string? customer, string? space, string? state, string? stage, string? after, string? limit, AssetViews views, CancellationToken cancel)
    {
        if (!Query.TryNumber(customer, 0, int.MaxValue, out var ofCustomer))
            return Problems.Invalid("customer", customer, "must be a whole number from 0 up");
        if (!Query.TryNumber(space, 0, int.MaxValue, out var inSpace))
            return Problems.Invalid("space", space, "must be a whole number from 0 up");
        if (!Query.TryNumber(limit, 1, 1000, out var most))
            return Problems.Invalid("limit", limit, "must be a whole number from 1 to 1000");
        if (!Query.TryWord<AssetState>(state, out var inState))
            return Problems.Invalid("state", state, Query.OneOf<AssetState>());
        if (stage is not null && !Stages.All.Contains(stage))
            return Problems.Invalid("stage", stage, $"must be one of {string.Join(", ", Stages.All)}");
        if (stage is not null && inState is (AssetState.Present or AssetState.Absent))
            return Problems.Invalid("state", state, "must be pending, running or dead where a stage is given: it is the plan's then");
        if (after is not null && !AssetId.TryParse(after, out _))
            return Problems.Invalid("after", after, "must be the 'next' of the page before");
        if (IdRange.Of(q, ofCustomer, inSpace, out var rule) is not { } range)
            return Problems.Invalid("q", q, rule!);
        return TypedResults.Ok(await views.ListAsync(range, ofCustomer, inSpace, inState, stage, after, most ?? 100, cancel));
    }

    private static ProblemHttpResult Unknown(AssetId id) => Problems.Of(StatusCodes.Status404NotFound, $"{id} was never heard of");
}
