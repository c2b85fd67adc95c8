using System.Globalization;
using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Dashboard.Tests.Pages;

/// <summary>Each test has a job to itself, and leaves it as it was.</summary>
[Collection(nameof(DashboardWorld))]
public sealed class SchedulesPageTests(DashboardWorld world)
{
    private const string Markup = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

    [Fact]
    public async Task List_has_each_job_with_its_cron_in_words_and_its_next_time()
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        var schedules = await world.Api.SchedulesAsync();
        Assert.Equal(200, await window.GoAsync("/schedules"));
        var text = await window.TextAsync();

        foreach (var schedule in schedules)
        {
            Assert.All([schedule.Name, schedule.Description, schedule.Cron, schedule.InWords ?? ""], wanted => Assert.Contains(wanted, text, StringComparison.Ordinal));
            var row = Row(window, schedule.Name);
            if (schedule.Enabled)
                Assert.Contains(DateTimeOffset.Parse((await row.Locator("td[data-th=Next] time").First.GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture), schedule.Next);
        }

        await window.Link("scrub").ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "scrub" }).WaitForAsync();
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey, false)]
    [InlineData(DashboardWorld.PublishKey, false)]
    [InlineData(DashboardWorld.OperateKey, true)]
    public async Task Role_sees_what_it_may_do(string key, bool mayOperate)
    {
        await using var window = await world.OpenAsync(key);

        await window.GoAsync("/schedules");
        Assert.Equal(mayOperate, await window.Page.Locator("main form").CountAsync() > 0);
        await window.GoAsync("/schedules/audit");

        Assert.Equal(mayOperate ? ["Run now", "Switch off"] : [], await window.Page.Locator("#actions button").AllInnerTextsAsync());
        Assert.Equal(mayOperate, await window.Page.GetByLabel("Cron").CountAsync() > 0);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Run_now_shows_up_in_the_history_with_who_wanted_it()
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/schedules");

        await Row(window, "scrub").GetByRole(AriaRole.Button).ClickAsync();

        await window.Page.GetByText("It begins within a second.").WaitForAsync();
        var run = window.Page.Locator("#runs tbody tr").Filter(new() { HasText = "olga" }).Filter(new() { HasText = "done" });
        await run.First.WaitForAsync();
        var told = (await world.Api.ScheduleRunsAsync("scrub")).Items[0];
        Assert.Equal((RunOutcome.Done, "olga"), (told.Outcome, told.By));
        Assert.Contains(told.Note!, await run.First.InnerTextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Button_that_is_pressed_while_the_page_changes_is_clicked_all_the_same()
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/schedules");
        await Row(window, "retention").GetByRole(AriaRole.Button).HoverAsync();

        await window.Page.Mouse.DownAsync();
        await world.Api.SetScheduleAsync("reconcile", new ScheduleChange(Cron: "7 7 7 7 *"));
        try
        {
            // The first look may have begun before.
            for (var looks = 0; looks < 3; looks++)
                await window.Page.WaitForResponseAsync(r => r.Url.EndsWith("/schedules", StringComparison.Ordinal));
            Assert.Equal(0, await window.Page.GetByText("7 7 7 7 *").CountAsync());
            await window.Page.Mouse.UpAsync();

            await window.Page.GetByText("It begins within a second.").WaitForAsync();
            await window.GoAsync("/schedules");
            await window.Page.GetByText("7 7 7 7 *").WaitForAsync();
        }
        finally
        {
            await world.Api.ResetScheduleAsync("reconcile");
        }
    }

    [Fact]
    public async Task Operator_changes_the_cron_switches_it_off_and_on_and_goes_back()
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/schedules/reconcile");

        await window.Page.GetByLabel("Cron").FillAsync("30 2 * * 1-5");
        await window.Page.GetByLabel("Time zone").FillAsync("Europe/Berlin");
        await window.Button("Save").ClickAsync();
        await window.Page.GetByText("It is changed.").WaitForAsync();

        Assert.Equal(("30 2 * * 1-5", "Europe/Berlin", true, ScheduleSource.Api), await NowAsync("reconcile"));
        Assert.All(["Monday to Friday at 02:30", "Europe/Berlin", "olga"], wanted => Assert.Contains(wanted, window.Page.Locator("#times").InnerTextAsync().GetAwaiter().GetResult(), StringComparison.Ordinal));
        await window.Button("Switch off").ClickAsync();
        await window.Page.GetByText("It no longer runs by itself.").WaitForAsync();
        Assert.Equal(("30 2 * * 1-5", "Europe/Berlin", false, ScheduleSource.Api), await NowAsync("reconcile"));
        await window.Page.GetByText("never by itself").WaitForAsync();
        await window.Button("Switch on").ClickAsync();
        await window.Page.GetByText("It runs by itself again.").WaitForAsync();
        await window.Button("Back to the configuration's").ClickAsync();
        await window.Page.GetByText("It runs as the configuration says.").WaitForAsync();

        Assert.Equal(ScheduleSource.Default, (await NowAsync("reconcile")).Source);
        Assert.Equal(0, await window.Button("Back to the configuration's").CountAsync());
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Form_changes_only_what_was_changed_in_it()
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/schedules/reconcile");
        await world.Api.SetScheduleAsync("reconcile", new ScheduleChange(Cron: "1 1 1 1 *"));
        try
        {
            await window.Page.GetByLabel("Time zone").FillAsync("Asia/Tokyo");
            await window.Button("Save").ClickAsync();
            await window.Page.GetByText("It is changed.").WaitForAsync();

            Assert.Equal(("1 1 1 1 *", "Asia/Tokyo", true, ScheduleSource.Api), await NowAsync("reconcile"));
        }
        finally
        {
            await world.Api.ResetScheduleAsync("reconcile");
        }
    }

    [Theory]
    [InlineData("Cron", "61 * * * *", "cron is '61 * * * *'; it must be")]
    [InlineData("Cron", "0 0 31 2 *", "must be due some day; this one never is")]
    [InlineData("Cron", Markup, "cron is '<img src=x onerror=")]
    [InlineData("Time zone", "Europe/Berlni", "did you mean Europe/Berlin?")]
    public async Task Wrong_entry_stays_with_the_APIs_words_beside_it(string label, string entry, string wanted)
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/schedules/reconcile");

        await window.Page.GetByLabel(label).FillAsync(entry);
        await window.Button("Save").ClickAsync();
        var wrong = window.Page.Locator("#change .field").Filter(new() { Has = window.Page.GetByLabel(label) }).GetByRole(AriaRole.Alert);

        Assert.Contains(wanted, await wrong.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(entry, await window.Page.GetByLabel(label).InputValueAsync());
        Assert.Equal("true", await window.Page.GetByLabel(label).GetAttributeAsync("aria-invalid"));
        Assert.Equal(1, await window.Page.Locator(".wrong").CountAsync());
        Assert.Equal(ScheduleSource.Default, (await NowAsync("reconcile")).Source);
        Assert.Empty(await Axe.ViolationsAsync(window.Page));
        Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        // The browser itself notes the 400.
        Assert.DoesNotContain(window.Wrong, w => !w.Contains("400", StringComparison.Ordinal));
    }

    [Fact]
    public async Task History_is_paged_and_its_notes_are_text()
    {
        await world.Images.Worker.QueryAsync<long>(
            """
            with added as (
              insert into schedule_run (schedule, due_at, manual, by, node, started_at, ended_at, outcome, note)
              select 'warm-top', now(), true, @markup, @markup, now(), now(), case n % 3 when 0 then 'failed' when 1 then 'unfinished' else 'done' end, 'run ' || n || @markup
              from generate_series(1, 60) n returning 1)
            select count(*) from added
            """,
            new { markup = Markup });
        await using var window = await world.OpenAsync();
        await window.GoAsync("/schedules/warm-top");

        var seen = new List<string>();
        while (true)
        {
            seen.AddRange(await window.Page.Locator("#runs tbody td[data-th=Note]").AllInnerTextsAsync());
            if (await window.Link("Next page").CountAsync() == 0)
                break;
            await window.GoAsync((await window.Link("Next page").GetAttributeAsync("href"))!);
        }

        Assert.Equal(Enumerable.Range(1, 60).Reverse().Select(n => $"run {n}{Markup}"), seen);
        Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        await window.Link("To the start").ClickAsync();
        await window.Page.GetByText("run 60<").WaitForAsync();
        await window.GoAsync("/schedules");
        Assert.Contains($"run 60{Markup}", await Row(window, "warm-top").InnerTextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Running_job_shows_its_progress_and_is_stopped()
    {
        await using var copies = await CopyWorld.StartAsync(world.Postgres, "Dashboard:Enabled=true", "Copying:StallTimeout=00:02:00");
        copies.Put("audited", 20_000);
        await copies.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("audited"));
        await copies.Worker.SettledAsync(CopyWorld.Id);
        copies.S3.Script = FaultScript.Always(Fault.StallBeforeHeaders);
        await copies.Worker.Api.RunScheduleAsync("audit");
        await Eventually.TrueAsync(async () => await copies.Worker.QueryAsync<long>("with u as (update schedule_run set progress = 'half-way <b>', fraction = 0.42 where ended_at is null returning 1) select count(*) from u") > 0, "running");
        await using var window = await world.Browser.OpenAsync(copies.Worker.Address);

        await window.GoAsync("/schedules");
        var row = Row(window, "audit");
        Assert.All(["running", "half-way <b>", "42 %"], wanted => Assert.Contains(wanted, row.InnerTextAsync().GetAwaiter().GetResult(), StringComparison.Ordinal));
        await row.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        await window.Page.GetByText("Its run stops within a second").WaitForAsync();
        await window.Page.Locator("#runs tbody tr").Filter(new() { HasText = "stopped" }).WaitForAsync();
        await window.Button("Run now").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Job_that_is_not_there_is_not_found()
    {
        await using var window = await world.OpenAsync();

        Assert.Equal(404, await window.GoAsync("/schedules/scrubb"));

        Assert.Contains("did you mean 'scrub'?", await window.TextAsync(), StringComparison.Ordinal);
    }

    private static ILocator Row(BrowserWindow window, string job) =>
        window.Page.Locator("#schedules tbody tr").Filter(new() { Has = window.Page.GetByRole(AriaRole.Link, new() { Name = job, Exact = true }) });

    private async Task<(string Cron, string TimeZone, bool Enabled, ScheduleSource Source)> NowAsync(string job)
    {
        var schedule = (await world.Api.SchedulesAsync()).Single(s => s.Name == job);
        return (schedule.Cron, schedule.TimeZone, schedule.Enabled, schedule.Source);
    }
}
