using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Hosting.Configuration;
using Understudy.Schedules;

namespace Understudy.Api;

/// <summary>Jobs, when they run, and what came of it.</summary>
internal static class SchedulesEndpoints
{
    private const int DefaultRuns = 50;
    private const int MostRuns = 500;

    public static void MapSchedules(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/schedules", (ScheduleDesk desk, CancellationToken cancel) => desk.ListAsync(cancel)).RequireRead()
            .WithSummary("The jobs: when each runs, what it does at the moment, and what came of its last run.").Produces<ScheduleView[]>();
        app.MapGet("/api/v1/schedules/{name}/runs", RunsAsync).RequireRead()
            .WithSummary("A job's runs, newest first.").Produces<PageView<ScheduleRunView>>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        app.MapPut("/api/v1/schedules/{name}", SetAsync).RequireOperate()
            .WithSummary("Changes when a job runs; what isn't given stays. Wins over the configuration until it is deleted.")
            .Accepts<ScheduleChange>("application/json").Produces<ScheduleView>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        app.MapDelete("/api/v1/schedules/{name}", ResetAsync).RequireOperate()
            .WithSummary("Back to what is configured.").Produces<ScheduleView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapPost("/api/v1/schedules/{name}/run", RunAsync).RequireOperate()
            .WithSummary("Runs a job at once, also one that is off; 409 while it runs.").Produces<ScheduleView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapPost("/api/v1/schedules/{name}/stop", StopAsync).RequireOperate()
            .WithSummary("Stops a job's run; 409 while there is none. Its next run goes on from there.").Produces<ScheduleView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> RunsAsync(string name, string? after, string? limit, ScheduleDesk desk, CancellationToken cancel)
    {
        if (desk.Find(name) is not { } job)
            return Unknown(name, desk);
        var (before, most) = (long.MaxValue, DefaultRuns);
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            return Problems.Invalid("after", after, "must be what the page before gave as next");
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostRuns))
            return Problems.Invalid("limit", limit, $"must be from 1 to {MostRuns}");
        var runs = await desk.RunsAsync(job, before, most + 1, cancel);
        return TypedResults.Ok(new PageView<ScheduleRunView>(
            [.. runs.Take(most)], runs.Count > most ? runs[most - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> SetAsync(string name, HttpContext http, ScheduleDesk desk, CancellationToken cancel)
    {
        if (desk.Find(name) is not { } job)
            return Unknown(name, desk);
        ScheduleChange? change;
        try
        {
            change = await JsonSerializer.DeserializeAsync<ScheduleChange>(http.Request.Body, Wire.Json, cancel);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return Problems.BadJson(e);
        }

        if (change is null or { Cron: null, TimeZone: null, Enabled: null })
            return Problems.Of(StatusCodes.Status400BadRequest, "say what to change: cron, timeZone, enabled");
        if (await desk.FaultOfAsync(job, change, cancel) is var (field, value, rule))
            return Problems.Invalid(field, value, rule);
        await desk.SetAsync(job, change, By(http), cancel);
        return TypedResults.Ok(await desk.ViewAsync(job, cancel));
    }

    private static async Task<IResult> ResetAsync(string name, HttpContext http, ScheduleDesk desk, CancellationToken cancel)
    {
        if (desk.Find(name) is not { } job)
            return Unknown(name, desk);
        await desk.ResetAsync(job, By(http), cancel);
        return TypedResults.Ok(await desk.ViewAsync(job, cancel));
    }

    private static async Task<IResult> RunAsync(string name, HttpContext http, ScheduleDesk desk, CancellationToken cancel)
    {
        if (desk.Find(name) is not { } job)
            return Unknown(name, desk);
        return await desk.AskAsync(job, By(http), cancel)
            ? TypedResults.Accepted((string?)null, await desk.ViewAsync(job, cancel))
            : Problems.Of(StatusCodes.Status409Conflict, $"{job.Name} is running, or about to");
    }

    private static async Task<IResult> StopAsync(string name, ScheduleDesk desk, CancellationToken cancel)
    {
        if (desk.Find(name) is not { } job)
            return Unknown(name, desk);
        return await desk.StopAsync(job, cancel)
            ? TypedResults.Accepted((string?)null, await desk.ViewAsync(job, cancel))
            : Problems.Of(StatusCodes.Status409Conflict, $"{job.Name} isn't running");
    }

    private static string? By(HttpContext http) => http.User.Identity?.Name;

    private static ProblemHttpResult Unknown(string name, ScheduleDesk desk) => Problems.Of(
        StatusCodes.Status404NotFound,
        Nearest.To(name, desk.Names) is { } near ? $"there is no job '{name}'; did you mean '{near}'?" : $"there is no job '{name}'; there are {string.Join(", ", desk.Names)}");
}
