using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>The cron of two workers over simulated days. <c>SCHEDULE_SEED</c> replays.</summary>
public sealed class SimulatedDaysTests(PostgresServer postgres, ITestOutputHelper output)
{
    [Theory]
    [InlineData("Europe/Berlin", "2027-03-27T12:00:00Z")]
    [InlineData("Europe/Berlin", "2027-10-30T12:00:00Z")]
    [InlineData("America/New_York", "2027-03-13T12:00:00Z")]
    [InlineData("America/New_York", "2027-11-06T12:00:00Z")]
    [InlineData("Australia/Lord_Howe", "2027-10-02T03:00:00Z")]
    [InlineData("Australia/Lord_Howe", "2027-04-03T03:00:00Z")]
    public async Task Each_due_run_is_begun_once_and_done(string zone, string from)
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        var start = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        var days = new SimulatedDays(catalogue, zone, start, Seed());
        await days.PassAsync(TimeSpan.FromHours(36));
        await days.SettleAsync();

        foreach (var (job, cron) in SimulatedDays.Crons)
        {
            var expected = Times(cron, zone, start, start.AddHours(36));
            Assert.Equal(expected, await DueAsync(catalogue, job, "true"));
            Assert.Equal(expected, await DueAsync(catalogue, job, "outcome = 'done'"));
        }

        Assert.Equal(2, await catalogue.AskAsync<long>("select count(distinct node) from schedule_run"));
    }

    [Fact]
    public async Task Workers_may_be_killed_at_any_time_each_due_run_comes_to_its_end_once()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        const string zone = "Europe/Berlin";
        var start = new DateTimeOffset(2027, 10, 30, 12, 0, 0, TimeSpan.Zero);
        var days = new SimulatedDays(catalogue, zone, start, Seed());
        await days.PassAsync(TimeSpan.FromHours(48), killed: 0.2);
        await days.SettleAsync();

        output.WriteLine($"{days.Kills} kills, {await catalogue.AskAsync<long>("select count(*) from schedule_run where outcome = 'cutShort'")} runs cut short");
        Assert.True(await catalogue.AskAsync<long>("select count(*) from schedule_run where outcome = 'cutShort'") > 0);
        foreach (var (job, cron) in SimulatedDays.Crons)
        {
            var expected = Times(cron, zone, start, start.AddHours(48));
            var done = await DueAsync(catalogue, job, "outcome = 'done'");
            Assert.Equal(done.Distinct(), done);
            Assert.Empty(done.Except(expected));
            // What was cut short was done at once, under its own time or together with the next one.
            foreach (var due in expected.Except(done))
            {
                Assert.Equal("cutShort", await catalogue.AskAsync<string>("select min(outcome) from schedule_run where schedule = @job and due_at = @due having count(distinct outcome) = 1", new { job, due = due.UtcDateTime }));
                Assert.Contains(done, d => d > due && d <= due + TimeSpan.FromHours(1));
            }
        }
    }

    [Fact]
    public async Task What_was_missed_while_nobody_was_there_is_caught_up_once()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        var start = new DateTimeOffset(2027, 3, 26, 12, 0, 0, TimeSpan.Zero);
        var days = new SimulatedDays(catalogue, "Europe/Berlin", start, Seed());
        await days.PassAsync(TimeSpan.FromHours(1));
        await days.SettleAsync();
        var gone = days.Now;
        await days.PassAsync(TimeSpan.FromDays(3), workersAreThere: false);
        var back = days.Now;
        await days.PassAsync(TimeSpan.FromHours(3));
        await days.SettleAsync();

        foreach (var (job, cron) in SimulatedDays.Crons)
        {
            var missed = Times(cron, "Europe/Berlin", gone, back);
            var later = Times(cron, "Europe/Berlin", back, days.Now);
            Assert.Equal([missed[0], .. later], await DueAsync(catalogue, job, "started_at >= @back", back));
        }
    }

    private int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SCHEDULE_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"SCHEDULE_SEED={seed}");
        return seed;
    }

    /// <summary>All times after <paramref name="from"/> and up to <paramref name="until"/>, when the last turns were.</summary>
    private static List<DateTimeOffset> Times(string cron, string zone, DateTimeOffset from, DateTimeOffset until)
    {
        var schedule = Cron.Parse(cron, TimeZoneInfo.FindSystemTimeZoneById(zone), out _)!;
        var times = new List<DateTimeOffset>();
        for (var at = schedule.Next(from); at <= until; at = schedule.Next(at.Value))
            times.Add(at.Value);
        return times;
    }

    private static async Task<List<DateTimeOffset>> DueAsync(TestCatalogue catalogue, string job, string where, DateTimeOffset back = default) =>
        [.. (await catalogue.ListAsync<DateTime>($"select due_at from schedule_run where schedule = @job and {where} order by id", new { job, back = back.UtcDateTime })).Select(t => new DateTimeOffset(t))];
}
