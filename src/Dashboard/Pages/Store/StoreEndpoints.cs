using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Pages.Store;

/// <summary>The store: what fills it, what goes next, what has to stay.</summary>
internal static class StoreEndpoints
{
    private const int PageSize = 100;

    public static void MapStore(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/store", ShowAsync);
        pages.MapGet("/store/{order:regex(^(coldest|largest)$)}", async (string order, string? after, UnderstudyClient api, CancellationToken cancel) =>
            Html.Page<CopiesPage>(new { IsLargest = order == "largest", After = Typed.Text(after), Page = await api.CopiesAsync(order == "largest", Typed.Text(after), PageSize, cancel) }));
        pages.MapGet("/store/scavenge", async (Visitor visitor, UnderstudyClient api, CancellationToken cancel) => visitor.May(Role.Operate)
            ? Html.Page<ScavengePage>(new { Preview = await api.ScavengeAsync(dryRun: true, cancel) })
            : Html.Problem(StatusCodes.Status403Forbidden, "Your role may look at the store, and not make room in it."));
        pages.MapPost("/store/scavenge", async (UnderstudyClient api, Links links, CancellationToken cancel) =>
            Results.Redirect(links.To("/store", ("going", (await api.ScavengeAsync(cancel: cancel)).Copies))));
        pages.MapPost("/store/pin", PinAsync);
        pages.MapPost("/store/unpin", UnpinAsync);
    }

    private static async Task<IResult> ShowAsync(string? customer, string? all, string? going, UnderstudyClient api, Links links, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            var data = await StoreData.ReadAsync(Typed.Number(customer), links.IsLook, api, time, cancel);
            return Html.Page<StorePage>(new { Data = data, All = all is not null, Going = long.TryParse(going, NumberStyles.None, CultureInfo.InvariantCulture, out var copies) ? copies : (long?)null });
        }
        catch (FormatException wrong)
        {
            return Html.Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    private static async Task<IResult> PinAsync(HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        if (Scope.Find(form["scope"]) is not { } scope)
            return NoScope($"{form["scope"]}");
        DateOnly? until = null;
        if (Typed.Text(form["until"]) is { } day)
        {
            if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) || parsed == DateOnly.MaxValue)
                return Html.Problem(StatusCodes.Status400BadRequest, $"'{day}' is no date such as 2027-01-31.");
            until = parsed;
        }

        // All of that day.
        DateTimeOffset? at = until is { } last ? new DateTimeOffset(last.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null;
        await api.PinAsync(scope, new PinRequest(at, Typed.Text(form["reason"])), cancel);
        return Results.Redirect(links.Store() + "#pins");
    }

    private static async Task<IResult> UnpinAsync(HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        if (Scope.Find(form["scope"]) is not { } scope)
            return NoScope($"{form["scope"]}");
        await api.UnpinAsync(scope, cancel);
        return Results.Redirect(links.Store() + "#pins");
    }

    private static IResult NoScope(string text) =>
        Html.Problem(StatusCodes.Status400BadRequest, $"'{text}' is no customer (2), space (2/5) or asset (2/5/foo).");
}
