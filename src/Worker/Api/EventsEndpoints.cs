using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Purging;

namespace Understudy.Api;

/// <summary>Events in over HTTP. Answered when they are committed.</summary>
internal static class EventsEndpoints
{
    private const int MostEvents = 100_000;

    public static void MapEvents(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/events", AcceptAsync)
            .RequirePublish()
            .WithSummary("Takes one event or an array of them; 202 when they are committed to the catalogue.")
            .Accepts<AssetEvent[]>("application/json")
            .Produces<EventsAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest);

        // DLCS's Engine calls this after an ingest (ImageIngest:OrchestratorBaseUrl) and waits for no image.
        var shim = app.MapGet("/iiif-img/{customer}/{space}/{asset}/info.json", IngestedAsync)
            .WithSummary("DLCS Engine's call after an ingest: the same as an AssetIngested event for the asset.")
            .Produces<EventsAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        if (app.ServiceProvider.GetRequiredService<ApiOptions>().IngestCallWithoutKey)
            shim.AllowAnonymous();
        else
            shim.RequirePublish();
    }

    private static async Task<IResult> AcceptAsync(HttpRequest request, IntakeQueue intake, IAuthorizationService authorization, CancellationToken cancel)
    {
        AssetEvent[] events;
        try
        {
            events = await ReadAsync(request, cancel);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return Problems.BadJson(e);
        }

        if (events.Length is 0 or > MostEvents)
            return Problems.Invalid("events", $"{events.Length}", $"must be from 1 to {MostEvents} in one call");
        for (var i = 0; i < events.Length; i++)
        {
            if ((events[i] is null ? "null is no event" : EventRules.Check(events[i])) is { } wrong)
                return Problems.Of(StatusCodes.Status400BadRequest, $"event {i}: {wrong}");
        }

        if (events.Any(e => e is PurgeRequested) && !(await authorization.AuthorizeAsync(request.HttpContext.User, Policies.Operate)).Succeeded)
            return TypedResults.Forbid();
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i] is PurgeRequested asked)
                events[i] = asked with { Reason = AskedPurge.Signed(request.HttpContext.User.Identity?.Name, asked.Reason) };
        }

        return TypedResults.Accepted((string?)null, new EventsAccepted(events.Length, await intake.AcceptAsync(events, cancel)));
    }

    private static async Task<AssetEvent[]> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancel);
        return body.RootElement.ValueKind == JsonValueKind.Array
            ? body.Deserialize<AssetEvent[]>(Wire.Json)!
            : [body.Deserialize<AssetEvent>(Wire.Json)!];
    }

    private static async Task<IResult> IngestedAsync(AssetRoute route, IntakeQueue intake, CancellationToken cancel) =>
        route.Problem ?? TypedResults.Accepted((string?)null, new EventsAccepted(1, await intake.AcceptAsync([new AssetIngested { Id = route.Id }], cancel)));
}
