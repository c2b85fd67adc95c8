using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Plans;
using Understudy.Scavenging.Evicting;

namespace Understudy.Api;

/// <summary>Making room in the store, and what has to stay in it.</summary>
internal static class ScavengingEndpoints
{
    public static void MapScavenging(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/scavenges", ScavengeAsync).RequireOperate()
            .WithSummary("Has copies go until the store is at its low water mark; a dry run says which would, in which order and why. 202 when their plans are committed.")
            .Accepts<ScavengeRequest>(isOptional: true, "application/json").Produces<ScavengeView>(StatusCodes.Status202Accepted).Produces<ScavengeView>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapPost("/api/v1/assets/{customer}/{space}/{asset}/evict", EvictAsync).RequireOperate()
            .WithSummary("Takes the asset's copy out of the store, as if the room were needed; 202 when the plan is committed, 404 where it has no copy, 409 where it is pinned, in use or has a plan.")
            .Produces<AssetView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapGet("/api/v1/pins", (Pins pins, CancellationToken cancel) => pins.ListAsync(cancel)).RequireRead()
            .WithSummary("What stays in the store whatever room is needed.").Produces<PinView[]>();
        // A customer, one of its spaces, or one asset.
        foreach (var scope in new[] { "/api/v1/pins/{customer}", "/api/v1/pins/{customer}/{space}", "/api/v1/assets/{customer}/{space}/{asset}/pin" })
        {
            app.MapPut(scope, PinAsync).RequireOperate()
                .WithSummary("Keeps copies in the store whatever room is needed, until a date or until it is unpinned.")
                .Accepts<PinRequest>(isOptional: true, "application/json").Produces<PinView>().ProducesProblem(StatusCodes.Status400BadRequest);
            app.MapDelete(scope, UnpinAsync).RequireOperate()
                .WithSummary("Lets copies go again when room is needed.")
                .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> ScavengeAsync(HttpContext http, Scavenger scavenger, CancellationToken cancel)
    {
        var (request, bad) = await ReadAsync(http, new ScavengeRequest(), cancel);
        if (bad is not null)
            return bad;
        return request!.DryRun
            ? TypedResults.Ok(await scavenger.PreviewAsync(cancel))
            : TypedResults.Accepted((string?)null, await scavenger.EmptyAsync(cancel));
    }

    private static async Task<IResult> EvictAsync(AssetRoute route, Choosing choosing, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        return await choosing.ChooseAsync($"{route.Id}", cancel) switch
        {
            null => Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} has no copy that could go"),
            { Goes: true } => TypedResults.Accepted((string?)null, await views.FindAsync(route.Id, cancel)),
            // A plan that came while it was judged.
            var kept => Problems.Of(StatusCodes.Status409Conflict, $"the copy of {route.Id} stays: it {Stay(kept.Kept ?? "has a plan")}"),
        };
    }

    private static string Stay(string kept) => kept switch
    {
        "pinned" => "is pinned; unpin it, its space or its customer first",
        "in use" => "was used or copied within Storage:GracePeriod, and may be read at the moment",
        _ => "has a plan; wait until that is done, or drop it where it is dead",
    };

    private static async Task<IResult> PinAsync(PinScope scope, HttpContext http, Pins pins, TimeProvider time, CancellationToken cancel)
    {
        if (scope.Problem is not null)
            return scope.Problem;
        var (request, bad) = await ReadAsync(http, new PinRequest(), cancel);
        if (bad is not null)
            return bad;
        if (request!.Until < time.GetUtcNow())
            return Problems.Invalid("until", request.Until.Value.ToString("u", CultureInfo.InvariantCulture), "must be in the future; leave it out for always");
        if (request.Reason is { } reason && EventRules.FaultOf("reason", reason, EventRules.MaxReasonLength) is { } wrong)
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        await pins.PinAsync(scope.Text, request, http.User.Identity?.Name, cancel);
        return TypedResults.Ok((await pins.ListAsync(cancel)).Single(p => p.Scope == scope.Text));
    }

    private static async Task<IResult> UnpinAsync(PinScope scope, Pins pins, CancellationToken cancel) =>
        scope.Problem ?? (await pins.UnpinAsync(scope.Text, cancel) ? TypedResults.NoContent() : Problems.Of(StatusCodes.Status404NotFound, $"{scope.Text} isn't pinned"));

    private static async Task<(T? Body, ProblemHttpResult? Bad)> ReadAsync<T>(HttpContext http, T none, CancellationToken cancel)
        where T : class
    {
        if (http.Request.ContentLength is not > 0 && http.Request.Headers.TransferEncoding.Count == 0)
            return (none, null);
        try
        {
            return (await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Wire.Json, cancel) ?? none, null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return (null, Problems.BadJson(e));
        }
    }
}

/// <summary>What a pin's route names: a customer, a space or an asset; or the problem with it.</summary>
internal sealed record PinScope(string Text, IResult? Problem)
{
    public static async ValueTask<PinScope> BindAsync(HttpContext context)
    {
        if (context.GetRouteValue("asset") is not null)
        {
            var route = await AssetRoute.BindAsync(context);
            return new PinScope($"{route.Id}", route.Problem);
        }

        // As the first parts of an asset's id.
        var (customer, space) = ((string)context.GetRouteValue("customer")!, context.GetRouteValue("space") as string);
        return AssetId.TryCreate(customer, space ?? "0", "x", out _, out var error)
            ? new PinScope(space is null ? customer : $"{customer}/{space}", null)
            : new PinScope("", Problems.Of(StatusCodes.Status400BadRequest, error));
    }
}
