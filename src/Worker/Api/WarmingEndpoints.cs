using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Understudy.Api.Keys;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Warming;
using Understudy.Warming.Bulk;

namespace Understudy.Api;

/// <summary>Warming: of one asset, of many, and how the image servers bear it.</summary>
internal static class WarmingEndpoints
{
    private const int MostIds = 100_000;
    private const double HighestRate = 10_000;

    public static void MapWarming(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/assets/{customer}/{space}/{asset}/warm", WarmAsync).RequireOperate()
            .WithSummary("Asks the image servers for what the asset's first viewers will ask for; 202 when the plan is committed, 404 where it has no copy.")
            .Produces<AssetView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapPost("/api/v1/warmings", BeginAsync).RequireOperate()
            .WithSummary("Warms all copies of a customer, of one of its spaces, or of a list of ids.")
            .Accepts<WarmingRequest>("application/json").Produces<WarmingView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapGet("/api/v1/warmings", (BulkWarmings warmings, CancellationToken cancel) => warmings.ListAsync(null, 100, cancel)).RequireRead()
            .WithSummary("The newest 100 bulk warmings, and how far they are.").Produces<WarmingView[]>();
        app.MapGet("/api/v1/warmings/{id}", FindAsync).RequireRead()
            .WithSummary("A bulk warming, and how far it is.").Produces<WarmingView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapDelete("/api/v1/warmings/{id}", CancelAsync).RequireOperate()
            .WithSummary("Cancels a bulk warming, also what of it is under way.").Produces<WarmingView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/api/v1/nodes", Nodes).RequireRead()
            .WithSummary("The image servers' nodes, and what this worker's warming does to each.").Produces<NodeView[]>();
    }

    private static async Task<IResult> WarmAsync(AssetRoute route, HttpContext http, NpgsqlDataSource catalogue, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        if (Unconfigured(http) is { } unconfigured)
            return unconfigured;
        await using var command = catalogue.CreateCommand(Sql.Named("Warming.WarmOne"));
        command.Parameters.AddWithValue("id", route.Id.ToString());
        return (long)(await command.ExecuteScalarAsync(cancel))! == 0
            ? Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} has no copy that could be warmed; a PUT brings it")
            : TypedResults.Accepted((string?)null, await views.FindAsync(route.Id, cancel));
    }

    private static async Task<IResult> BeginAsync(HttpContext http, BulkWarmings warmings, CancellationToken cancel)
    {
        if (Unconfigured(http) is { } unconfigured)
            return unconfigured;
        WarmingRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync<WarmingRequest>(http.Request.Body, Wire.Json, cancel);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return Problems.BadJson(e);
        }

        if ((request is null ? "null is no warming" : FaultOf(request)) is { } wrong)
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        var id = await warmings.BeginAsync(request!, http.User.Identity?.Name, cancel);
        return TypedResults.Accepted($"/api/v1/warmings/{id}", (await warmings.ListAsync(id, 1, cancel)).Single());
    }

    private static string? FaultOf(WarmingRequest request) => request switch
    {
        { Ids: null, Customer: null } => "say what to warm: customer, customer and space, or ids",
        { Ids: not null, Customer: not null } or { Ids: not null, Space: not null } => "either ids or customer and space, not both",
        { Ids.Count: 0 or > MostIds } => string.Create(CultureInfo.InvariantCulture, $"ids must be from 1 to {MostIds} in one call, not {request.Ids.Count}"),
        { Rate: not (null or (> 0 and <= HighestRate)) } => string.Create(CultureInfo.InvariantCulture, $"rate must be more than 0 and at most {HighestRate} assets a second, not {request.Rate}"),
        _ => null,
    };

    private static async Task<IResult> FindAsync(string id, BulkWarmings warmings, CancellationToken cancel) =>
        Guid.TryParse(id, out var known) && await warmings.ListAsync(known, 1, cancel) is [var view] ? TypedResults.Ok(view) : Unknown(id);

    private static async Task<IResult> CancelAsync(string id, BulkWarmings warmings, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known))
            return Unknown(id);
        await warmings.CancelAsync(known, cancel);
        return await FindAsync(id, warmings, cancel);
    }

    private static NodeView[] Nodes(IServiceProvider services) =>
        [.. from cluster in services.GetService<ImageServers>()?.All ?? []
            from node in cluster.Nodes
            select new NodeView(cluster.Cluster.Name, node.Name, node.PausedUntil, node.Permitted, node.InFlight, node.PixelsInFlight, node.Queued, node.Pauses)];

    private static ProblemHttpResult? Unconfigured(HttpContext http) => http.RequestServices.GetService<ImageServers>() is null
        ? Problems.Of(StatusCodes.Status409Conflict, "there is no image server to warm: Cantaloupe:Tiles:Nodes names none")
        : null;

    private static ProblemHttpResult Unknown(string id) => Problems.Of(StatusCodes.Status404NotFound, $"there is no warming '{id}'");
}
