using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Pages.Plans;

/// <summary>Plans: which there are, and what is to become of those that were given up.</summary>
internal static class PlansEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/plans", ListAsync);
        pages.MapPost("/plans/one", RetryOneAsync);
        foreach (var act in Enum.GetValues<PlanAct>())
        {
            var path = PlanActs.Path(act);
            pages.MapGet(path, ([AsParameters] PlanSearch search, Visitor visitor, UnderstudyClient api, CancellationToken cancel) => AskAsync(act, search, visitor, api, cancel));
            pages.MapPost(path, ([AsParameters] PlanSearch search, HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel) => BeginAsync(act, search, http, api, links, cancel));
        }

        pages.MapGet("/plans/actions", async (UnderstudyClient api, CancellationToken cancel) => Html.Page<ActionsPage>(new { Actions = await api.PlanActionsAsync(cancel) }));
        pages.MapGet("/plans/actions/{id:guid}", async (Guid id, UnderstudyClient api, CancellationToken cancel) => Html.Page<ActionPage>(new { Action = await api.PlanActionAsync(id, cancel) }));
    }

    private static async Task<IResult> ListAsync([AsParameters] PlanSearch search, string? retried, UnderstudyClient api, Links links, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            var data = await PlansData.ReadAsync(search, links.IsLook, api, time, cancel);
            return Html.Page<PlansPage>(new { Search = search, Data = data, Retried = retried });
        }
        catch (Exception wrong) when (wrong is FormatException or UnderstudyException { Status: System.Net.HttpStatusCode.BadRequest })
        {
            return Html.Page<PlansPage>(new { Search = search, Problem = wrong.Message }, StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>Of one plan in the list, which is shown again.</summary>
    private static async Task<IResult> RetryOneAsync([AsParameters] PlanSearch search, HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        if (!AssetId.TryParse((await http.Request.ReadFormAsync(cancel))["id"], out var id, out var error))
            return Html.Problem(StatusCodes.Status400BadRequest, error);
        await api.RetryAsync(id, cancel);
        var back = search.At(links);
        return Results.Redirect($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}retried={Uri.EscapeDataString($"{id}")}");
    }

    private static async Task<IResult> AskAsync(PlanAct act, PlanSearch search, Visitor visitor, UnderstudyClient api, CancellationToken cancel)
    {
        if (!visitor.May(Role.Operate))
            return Html.Problem(StatusCodes.Status403Forbidden, $"Your role may look at plans, and not {PlanActs.Verb(act)} them.");
        try
        {
            var filter = search.Filter();
            return Html.Page<AskManyPage>(new { Act = act, Filter = filter, Counted = await api.CountPlansAsync(AssetState.Dead, filter, cancel) });
        }
        catch (FormatException wrong)
        {
            return Html.Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    private static async Task<IResult> BeginAsync(PlanAct act, PlanSearch search, HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        try
        {
            var filter = search.Filter();
            var begun = act == PlanAct.Retry ? await api.RetryPlansAsync(filter, cancel) : await api.DropPlansAsync(filter, form["force"].Count > 0, cancel);
            return Results.Redirect(links.To(PlanActs.PathOf(begun.Id)));
        }
        catch (FormatException wrong)
        {
            return Html.Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }
}
