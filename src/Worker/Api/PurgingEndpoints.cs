using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Plans;
using Understudy.Purging;
using Understudy.Purging.Bulk;
using Understudy.Purging.Targets;

namespace Understudy.Api;

/// <summary>Purging: caches forget one asset, or many.</summary>
internal static class PurgingEndpoints
{
    private const int MostIds = 1_000_000;
    private const int LongestKey = 200;

    // A million of the longest ids.
    private const long LargestRequest = 256L << 20;

    public static void MapPurging(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/assets/{customer}/{space}/{asset}/purge", PurgeAsync).RequireOperate()
            .WithSummary("Has caches forget the asset, and looks whether they did; 202 when the plan is committed, 404 never heard of, 409 where there is no cache to purge.")
            .Accepts<PurgeOptions>(isOptional: true, "application/json").Produces<AssetView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapPost("/api/v1/purges", BeginAsync).RequireOperate()
            .WithSummary("Has caches forget all assets of a customer, of one of its spaces, or of a list; with an Idempotency-Key the same only once. A dry run answers 200 with what would be done.")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(LargestRequest))
            .Accepts<PurgeRequest>("application/json").Produces<BulkPurgeView>(StatusCodes.Status202Accepted).Produces<PurgePreview>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        app.MapGet("/api/v1/purges", (BulkPurges purges, CancellationToken cancel) => purges.ListAsync(100, cancel)).RequireRead()
            .WithSummary("The newest 100 bulk purges: how far they are, who asked for them, and why.").Produces<BulkPurgeView[]>();
        app.MapGet("/api/v1/purges/{id}", FindAsync).RequireRead()
            .WithSummary("A bulk purge, and how far each target is.").Produces<BulkPurgeView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapDelete("/api/v1/purges/{id}", CancelAsync).RequireOperate()
            .WithSummary("Cancels a bulk purge, also what of it is under way; what changed sources are owed goes on.").Produces<BulkPurgeView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/api/v1/targets", (PurgeTargets targets) => targets.Current.Select(t => t.Name)).RequireRead()
            .WithSummary("The caches that are purged, by the names that purges are for.").Produces<string[]>();
        app.MapGet("/api/v1/targets/health", (TargetHealth health, CancellationToken cancel) => health.ViewAsync(cancel)).RequireRead()
            .WithSummary("How these caches take what they are told, by up to 500 purges that wait.").Produces<TargetHealthView[]>();
    }

    private static async Task<IResult> PurgeAsync(AssetRoute route, HttpContext http, NpgsqlDataSource catalogue, PurgeTargets targets, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        if (Unconfigured(http) is { } unconfigured)
            return unconfigured;
        var (options, bad) = http.Request.ContentLength is > 0 || http.Request.Headers.TransferEncoding.Count > 0 ? await ReadAsync<PurgeOptions>(http, cancel) : (new PurgeOptions(), null);
        if (bad is not null)
            return bad;
        if ((TargetChoice.FaultOf(options!.Targets, targets.Current) ?? FaultOfReason(options.Reason)) is { } wrong)
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);

        var asked = new AskedPurge(options.Targets, options.Recopy, options.Warm, AskedPurge.Signed(http.User.Identity?.Name, options.Reason));
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { asked.Of([$"{route.Id}"], Lane.Hit, bulk: null) } };
        return (long)(await batch.ExecuteScalarAsync(cancel))! == 0
            ? Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} was never heard of")
            : TypedResults.Accepted((string?)null, await views.FindAsync(route.Id, cancel));
    }

    private static async Task<IResult> BeginAsync(HttpContext http, BulkPurges purges, PurgeTargets targets, CancellationToken cancel)
    {
        if (Unconfigured(http) is { } unconfigured)
            return unconfigured;
        var (request, bad) = await ReadAsync<PurgeRequest>(http, cancel);
        if (bad is not null)
            return bad;
        var key = http.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given ? given : null;
        var all = targets.Current;
        if ((FaultOf(request!, key) ?? TargetChoice.FaultOf(request!.Targets, all)) is { } wrong)
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);

        IReadOnlyList<string> chosen = [.. all.Where(t => TargetChoice.Includes(request!.Targets, t)).Select(t => t.Name)];
        if (request!.DryRun)
            return TypedResults.Ok(await purges.PreviewAsync(request, chosen, cancel));
        return await purges.BeginAsync(request, http.User.Identity?.Name, key, chosen, cancel) switch
        {
            Begun.Under begun => TypedResults.Accepted($"/api/v1/purges/{begun.Id}", await purges.FindAsync(begun.Id, cancel)),
            Begun.KeyTaken taken => Problems.Of(StatusCodes.Status422UnprocessableEntity, $"Idempotency-Key '{key}' stands for another request: the one of purge {taken.By}"),
            _ => throw new InvalidOperationException("no such outcome"),
        };
    }

    private static string? FaultOf(PurgeRequest request, string? key) => request switch
    {
        { Ids: null, Customer: null } => "say what to purge: customer, customer and space, or ids",
        { Ids: not null, Customer: not null } or { Ids: not null, Space: not null } => "either ids or customer and space, not both",
        { Ids.Count: 0 or > MostIds } => string.Create(CultureInfo.InvariantCulture, $"ids must be from 1 to {MostIds} in one call, not {request.Ids.Count}"),
        _ when key?.Length > LongestKey => $"Idempotency-Key must be at most {LongestKey} characters long, not {key.Length}",
        _ => FaultOfReason(request.Reason),
    };

    private static string? FaultOfReason(string? reason) => reason is null ? null : EventRules.FaultOf("reason", reason, EventRules.MaxReasonLength);

    private static async Task<(T? Body, IResult? Bad)> ReadAsync<T>(HttpContext http, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Wire.Json, cancel) is { } body
                ? (body, null)
                : (null, Problems.Of(StatusCodes.Status400BadRequest, "null is no purge"));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return (null, Problems.BadJson(e));
        }
    }

    private static async Task<IResult> FindAsync(string id, BulkPurges purges, CancellationToken cancel) =>
        Guid.TryParse(id, out var known) && await purges.FindAsync(known, cancel) is { } view ? TypedResults.Ok(view) : Unknown(id);

    private static async Task<IResult> CancelAsync(string id, BulkPurges purges, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var known))
            return Unknown(id);
        await purges.CancelAsync(known, cancel);
        return await FindAsync(id, purges, cancel);
    }

    private static ProblemHttpResult? Unconfigured(HttpContext http) => http.RequestServices.GetService<Purges>() is null
        ? Problems.Of(StatusCodes.Status409Conflict, "there is no cache to purge: neither Cantaloupe:Tiles:ApiUser nor anything in section Purging is set")
        : null;

    private static ProblemHttpResult Unknown(string id) => Problems.Of(StatusCodes.Status404NotFound, $"there is no purge '{id}'");
}
