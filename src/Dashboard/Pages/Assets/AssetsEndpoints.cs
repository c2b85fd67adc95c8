using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Assets;

internal static class AssetsEndpoints
{
    private const int PageSize = 50;

    public static void MapAssets(this IEndpointRouteBuilder pages) => pages.MapGet("/assets", ListAsync);

    private static async Task<IResult> ListAsync([AsParameters] AssetSearch search, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        // A whole id leads straight to its asset.
        if (AssetId.TryParse(search.Id?.Trim(), out var id) && search.After is null && await api.FindAsync(id, cancel) is not null)
            return Results.Redirect(links.Asset(id));
        try
        {
            var page = await api.ListAsync(
                Typed.Number(search.Customer), Typed.Number(search.Space), Typed.Word<AssetState>(search.State, "state"), Typed.Text(search.After), PageSize,
                Typed.Text(search.Stage), Typed.Text(search.Id), cancel);
            return Html.Page<AssetsPage>(new { Search = search, Page = page });
        }
        catch (UnderstudyException wrong) when ((int)wrong.Status == StatusCodes.Status400BadRequest)
        {
            return Html.Page<AssetsPage>(new { Search = search, Problem = wrong.Message }, StatusCodes.Status400BadRequest);
        }
        catch (FormatException wrong)
        {
            return Html.Page<AssetsPage>(new { Search = search, Problem = wrong.Message }, StatusCodes.Status400BadRequest);
        }
    }
}

/// <summary>What is looked for, as it stands in the URL.</summary>
public sealed record AssetSearch
{
    public string? Id { get; init; }

    public string? Customer { get; init; }

    public string? Space { get; init; }

    public string? State { get; init; }

    public string? Stage { get; init; }

    public string? After { get; init; }
}
