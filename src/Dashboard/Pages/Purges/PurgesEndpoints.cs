using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Pages.Purges;

/// <summary>Purges of many assets: asked for in two steps, looked at, cancelled.</summary>
internal static class PurgesEndpoints
{
    public static void MapPurges(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/purges", async (UnderstudyClient api, CancellationToken cancel) => Html.Page<PurgesPage>(new { Purges = await api.PurgesAsync(cancel) }));
        pages.MapPost("/purges", BeginAsync);
        pages.MapGet("/purges/new", (Visitor visitor, UnderstudyClient api, CancellationToken cancel) => FillInAsync(PurgeForm.Empty, null, visitor, api, cancel));
        pages.MapPost("/purges/new", async (HttpContext http, Visitor visitor, UnderstudyClient api, CancellationToken cancel) =>
            await FillInAsync(await PurgeForm.ReadAsync(http.Request, cancel), null, visitor, api, cancel));
        pages.MapPost("/purges/preview", PreviewAsync);
        pages.MapGet("/purges/{id:guid}", async (Guid id, UnderstudyClient api, CancellationToken cancel) => Html.Page<PurgePage>(new { Purge = await api.PurgeAsync(id, cancel) }));
        pages.MapGet("/purges/{id:guid}/cancel", AskCancelAsync);
        pages.MapPost("/purges/{id:guid}/cancel", async (Guid id, UnderstudyClient api, Links links, CancellationToken cancel) =>
        {
            await api.CancelPurgeAsync(id, cancel);
            return Results.Redirect(links.To($"/purges/{id}"));
        });
    }

    private static async Task<IResult> FillInAsync(PurgeForm form, string? problem, Visitor visitor, UnderstudyClient api, CancellationToken cancel) =>
        visitor.May(Role.Operate)
            ? Html.Page<NewPurgePage>(new { Form = form, Targets = await api.TargetsAsync(cancel), Problem = problem }, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest)
            : Html.Problem(StatusCodes.Status403Forbidden, "Your role may look at purges, and not begin them.");

    /// <summary>What it would do. The key goes into the form that begins it, so that this is begun once however often the button is pressed.</summary>
    private static async Task<IResult> PreviewAsync(HttpContext http, Visitor visitor, UnderstudyClient api, CancellationToken cancel)
    {
        var form = PurgeForm.Empty;
        try
        {
            form = await PurgeForm.ReadAsync(http.Request, cancel);
            var preview = await api.PreviewPurgeAsync(form.Request(), cancel);
            return Html.Page<PreviewPage>(new { Form = form, Preview = preview, Key = $"dashboard-{Guid.NewGuid()}" });
        }
        catch (Exception wrong) when (IsMistake(wrong))
        {
            return await FillInAsync(form, wrong.Message, visitor, api, cancel);
        }
    }

    private static async Task<IResult> BeginAsync(HttpContext http, Visitor visitor, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        var form = PurgeForm.Empty;
        try
        {
            form = await PurgeForm.ReadAsync(http.Request, cancel);
            var begun = await api.BeginPurgeAsync(form.Request(), Typed.Text((await http.Request.ReadFormAsync(cancel))["key"]), cancel);
            return Results.Redirect(links.To($"/purges/{begun.Id}"));
        }
        catch (Exception wrong) when (IsMistake(wrong))
        {
            return await FillInAsync(form, wrong.Message, visitor, api, cancel);
        }
    }

    private static async Task<IResult> AskCancelAsync(Guid id, Visitor visitor, UnderstudyClient api, CancellationToken cancel) =>
        visitor.May(Role.Operate)
            ? Html.Page<CancelPage>(new { Purge = await api.PurgeAsync(id, cancel) })
            : Html.Problem(StatusCodes.Status403Forbidden, "Your role may look at purges, and not cancel them.");

    private static bool IsMistake(Exception wrong) => wrong is FormatException or UnderstudyException { Status: HttpStatusCode.BadRequest };
}
