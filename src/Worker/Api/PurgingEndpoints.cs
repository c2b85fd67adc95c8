using Npgsql;
using NpgsqlTypes;
using Understudy.Api.Keys;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Purging;

namespace Understudy.Api;

/// <summary>Purging: all caches forget an asset.</summary>
internal static class PurgingEndpoints
{
    public static void MapPurging(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/v1/assets/{customer}/{space}/{asset}/purge", PurgeAsync).RequireOperate()
            .WithSummary("Has every cache forget the asset, and looks whether it did; 202 when the plan is committed, 404 never heard of, 409 where there is no cache to purge.")
            .Produces<AssetView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> PurgeAsync(AssetRoute route, HttpContext http, NpgsqlDataSource catalogue, AssetViews views, CancellationToken cancel)
    {
        if (route.Problem is not null)
            return route.Problem;
        if (http.RequestServices.GetService<Purges>() is null)
            return Problems.Of(StatusCodes.Status409Conflict, "there is no cache to purge: neither Cantaloupe:Tiles:ApiUser nor anything in section Purging is set");
        await using var command = catalogue.CreateCommand(Sql.Named("Purging.PurgeOne"));
        command.Parameters.AddWithValue("id", route.Id.ToString());
        command.Parameters.Add(new NpgsqlParameter("by", NpgsqlDbType.Text) { Value = (object?)http.User.Identity?.Name ?? DBNull.Value });
        return (long)(await command.ExecuteScalarAsync(cancel))! == 0
            ? Problems.Of(StatusCodes.Status404NotFound, $"{route.Id} was never heard of")
            : TypedResults.Accepted((string?)null, await views.FindAsync(route.Id, cancel));
    }
}
