using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Pages.Schedules;

/// <summary>The jobs, one job with its runs, and what can be done to it.</summary>
internal static class SchedulesEndpoints
{
    private const int RunsOnPage = 25;

    public static void MapSchedules(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/schedules", async (UnderstudyClient api, CancellationToken cancel) => Html.Page<SchedulesPage>(new { Schedules = await api.SchedulesAsync(cancel) }));
        pages.MapGet("/schedules/{name}", (string name, string? after, string? done, UnderstudyClient api, CancellationToken cancel) => ShowAsync(name, after, done, null, api, cancel));
        // To the page's own address, so that it still is one where the form comes back with what is wrong.
        pages.MapPost("/schedules/{name}", ChangeAsync);
        pages.MapPost("/schedules/{name}/{verb}", DoAsync);
    }

    private static async Task<IResult> ShowAsync(string name, string? after, string? done, ScheduleEntry? entry, UnderstudyClient api, CancellationToken cancel)
    {
        // The API says what is wrong with a name that it doesn't know.
        var (runs, schedules) = (api.ScheduleRunsAsync(name, after, RunsOnPage, cancel), api.SchedulesAsync(cancel));
        await Task.WhenAll(runs, schedules);
        if ((await schedules).FirstOrDefault(s => s.Name == name) is not { } schedule)
            return Html.Problem(StatusCodes.Status404NotFound, $"There is no job '{name}'.");
        return Html.Page<SchedulePage>(
            new { Schedule = schedule, Runs = await runs, After = after, Done = ScheduleVerb.Find(done)?.Done ?? (done == "change" ? "It is changed." : null), Entry = entry ?? ScheduleEntry.Of(schedule) },
            entry is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ChangeAsync(string name, HttpContext http, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        var entry = ScheduleEntry.Of(await http.Request.ReadFormAsync(cancel));
        if (entry.Change is not { } change)
            return Results.Redirect(links.Schedule(name));
        try
        {
            await api.SetScheduleAsync(name, change, cancel);
            return Results.Redirect($"{links.Schedule(name)}?done=change");
        }
        catch (UnderstudyException refused) when (refused.Status == HttpStatusCode.BadRequest)
        {
            return await ShowAsync(name, null, null, entry with { Refusal = Refusal.Of(refused.Message, ScheduleEntry.CronField, ScheduleEntry.ZoneField) }, api, cancel);
        }
    }

    private static async Task<IResult> DoAsync(string name, string verb, UnderstudyClient api, Links links, CancellationToken cancel)
    {
        if (ScheduleVerb.Find(verb) is not { } wanted)
            return Html.Problem(StatusCodes.Status404NotFound, $"There is no '{verb}' that could be done to a job.");
        await wanted.Do(api, name, cancel);
        return Results.Redirect($"{links.Schedule(name)}?done={wanted.Name}");
    }
}
