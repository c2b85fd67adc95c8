using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

/// <summary>A whole worker with the job <c>retention</c>. What holds it up is a lock on the table that it clears.</summary>
public sealed class SchedulesEndpointsTests(PostgresServer postgres)
{
    [Fact]
    public async Task Job_is_shown_run_changed_and_reset()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Schedules:TimeZone=Europe/Berlin", "Schedules:retention=0 4 * * *");
        var api = world.Worker.Api;

        var first = Assert.Single(await api.SchedulesAsync(), s => s.Name == "retention");
        Assert.Equal(("retention", "0 4 * * *", "Europe/Berlin", true, ScheduleSource.Configuration), (first.Name, first.Cron, first.TimeZone, first.Enabled, first.Source));
        Assert.Equal((null, null, false), (first.Running, first.Last, first.HasCheckpoint));
        Assert.Equal(5, first.Next.Count);
        Assert.All(first.Next, n => Assert.Equal(4, TimeZoneInfo.ConvertTimeBySystemTimeZoneId(n, "Europe/Berlin").Hour));

        Assert.Null((await api.RunScheduleAsync("retention")).Last);
        var last = await EndedAsync(api, 1);
        Assert.Equal((RunOutcome.Done, true), (last.Outcome!.Value, last.Manual));
        Assert.StartsWith("deleted what was before ", last.Note, StringComparison.Ordinal);

        var changed = await api.SetScheduleAsync("retention", new ScheduleChange("*/20 1-3 * * mon-fri"));
        Assert.Equal(("*/20 1-3 * * mon-fri", "Europe/Berlin", true, ScheduleSource.Api), (changed.Cron, changed.TimeZone, changed.Enabled, changed.Source));
        Assert.NotNull(changed.ChangedAt);
        var off = await api.SetScheduleAsync("RETENTION", new ScheduleChange(TimeZone: "UTC", Enabled: false));
        Assert.Equal(("*/20 1-3 * * mon-fri", "UTC", false, 0), (off.Cron, off.TimeZone, off.Enabled, off.Next.Count));

        // Off, it runs when it is asked to.
        await api.RunScheduleAsync("retention");
        await EndedAsync(api, 2);
        Assert.Equal(first, (await api.ResetScheduleAsync("retention")) with { ChangedAt = null, ChangedBy = null, Last = null, Next = first.Next, SucceededAt = first.SucceededAt });

        var page = await api.ScheduleRunsAsync("retention", limit: 1);
        var rest = await api.ScheduleRunsAsync("retention", page.Next, 1);
        Assert.Equal((2, 1, null), (page.Items.Single().Id, rest.Items.Single().Id, rest.Next));
    }

    [Fact]
    public async Task Job_that_runs_can_be_seen_and_stopped_and_not_be_begun_twice()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var api = world.Worker.Api;
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(() => api.StopScheduleAsync("retention")));
        await using var connection = new NpgsqlConnection(world.Catalogue);
        await connection.OpenAsync();
        var holding = await connection.BeginTransactionAsync();
        await using (var locking = new NpgsqlCommand("insert into history (asset_id, what) values ('1/1/a', 'x'); lock table schedule_run in share update exclusive mode; lock table history in access exclusive mode", connection, holding))
            await locking.ExecuteNonQueryAsync();

        await api.RunScheduleAsync("retention");
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(() => api.RunScheduleAsync("retention")));
        await Eventually.TrueAsync(async () => (await api.SchedulesAsync()).Single(s => s.Name == "retention") is { Running: not null, Wanted: false }, "running");
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(() => api.RunScheduleAsync("retention")));
        await api.StopScheduleAsync("retention");
        await Eventually.TrueAsync(async () => (await api.SchedulesAsync()).Single(s => s.Name == "retention") is { Running: null, Last.Outcome: RunOutcome.Stopped }, "stopped");
        await holding.RollbackAsync();
    }

    [Fact]
    public async Task What_is_wrong_is_refused_and_named()
    {
        await using var world = await ApiWorld.StartAsync(postgres);

        Assert.Equal("there is no job 'retenton'; did you mean 'retention'?", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, "/api/v1/schedules/retenton/run"));
        Assert.StartsWith("there is no job 'x'; there are ", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/v1/schedules/x/runs"), StringComparison.Ordinal);
        Assert.Equal(
            "cron is '99 * * * *'; it must be a cron expression: minute, hour, day, month and weekday, such as '30 2 * * 1-5' ('99' is no minute: that is from 0 to 59)",
            await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "/api/v1/schedules/retention", """{"cron":"99 * * * *"}"""));
        Assert.Equal(
            "timeZone is 'Berlin'; it must be a time zone's IANA name, such as Europe/Berlin or UTC",
            await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "/api/v1/schedules/retention", """{"timeZone":"Berlin"}"""));
        Assert.Contains("say what to change", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "/api/v1/schedules/retention", "{}"), StringComparison.Ordinal);
        Assert.Contains("crom", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "/api/v1/schedules/retention", """{"crom":"* * * * *"}"""), StringComparison.Ordinal);
        Assert.Equal("limit is '0'; it must be from 1 to 500", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/v1/schedules/retention/runs?limit=0"));
        Assert.Contains("after is 'x'", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/v1/schedules/retention/runs?after=x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Description_has_the_calls_and_metrics_the_job()
    {
        await using var world = await ApiWorld.StartAsync(postgres, "Schedules:retention=off");
        var paths = (await world.Http.GetFromJsonAsync<System.Text.Json.JsonElement>("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();

        Assert.All(["/api/v1/schedules", "/api/v1/schedules/{name}", "/api/v1/schedules/{name}/run", "/api/v1/schedules/{name}/runs", "/api/v1/schedules/{name}/stop"], p => Assert.Contains(p, paths));
        await Eventually.TrueAsync(async () => (await world.Http.GetStringAsync("/metrics")).Contains("understudy_schedule_running_seconds{job=\"retention\"} 0", StringComparison.Ordinal), "shown");
    }

    [Fact]
    public async Task Reading_needs_less_than_changing_and_who_asked_is_kept()
    {
        await using var world = await ApiWorld.StartAsync(
            postgres, "Api:Keys:0:Name=viewer", "Api:Keys:0:Key=0123456789abcdef0123456789abcdef", "Api:Keys:0:Role=Read", "Api:Keys:1:Name=anna", "Api:Keys:1:Key=abcdef0123456789abcdef0123456789", "Api:Keys:1:Role=Operate");
        const string read = "0123456789abcdef0123456789abcdef", operate = "abcdef0123456789abcdef0123456789";

        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, "", read));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, "/retention/runs", read));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Post, "/retention/run", read));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Post, "/retention/stop", read));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, "/retention", read));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Delete, "/retention", read));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(HttpMethod.Post, "/retention/run", operate));
        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from schedule_run where by = 'anna' and outcome = 'done'") == 1, "run for anna");

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string key)
        {
            using var response = await world.SendAsync(method, "/api/v1/schedules" + path, key: key);
            return response.StatusCode;
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(Func<Task> call) => (await Assert.ThrowsAsync<UnderstudyException>(call)).Status;

    private static async Task<ScheduleRunView> EndedAsync(UnderstudyClient api, long run)
    {
        ScheduleView? view = null;
        await Eventually.TrueAsync(async () => (view = (await api.SchedulesAsync()).Single(s => s.Name == "retention")) is { Running: null, Wanted: false } && view.Last?.Id == run, $"run {run} ended");
        return view!.Last!;
    }
}
