using System.Globalization;
using Understudy.Schedules;

namespace Understudy.Worker.Tests.Schedules;

public sealed class CronTests
{
    [Theory]
    [InlineData("30 2 * * *", "2026-11-24 02:30")]
    [InlineData("0 0 * * *", "2026-11-24 00:00")]
    [InlineData("* * * * *", "2026-11-23 12:01")]
    [InlineData("*/15 * * * *", "2026-11-23 12:15")]
    [InlineData("5/20 * * * *", "2026-11-23 12:05")]
    [InlineData("0 8-18/2 * * *", "2026-11-23 14:00")]
    [InlineData("1,5,58-59 * * * *", "2026-11-23 12:01")]
    [InlineData("0 12 23 11 *", "2027-11-23 12:00")]
    [InlineData("0 6 * * 1-5", "2026-11-24 06:00")]
    [InlineData("0 6 * * 0", "2026-11-29 06:00")]
    [InlineData("0 6 * * 7", "2026-11-29 06:00")]
    [InlineData("0 6 * * sun", "2026-11-29 06:00")]
    [InlineData("0 6 * * 5-7", "2026-11-27 06:00")]
    [InlineData("0 6 * * fri-sun", "2026-11-27 06:00")]
    [InlineData("0 6 * * sun-sun", "2026-11-29 06:00")]
    [InlineData("0 6 * * Tue,Thu", "2026-11-24 06:00")]
    [InlineData("0 6 1 * *", "2026-12-01 06:00")]
    [InlineData("0 6 31 * *", "2026-12-31 06:00")]
    [InlineData("0 6 * jan-mar *", "2027-01-01 06:00")]
    [InlineData("0 6 * Feb-Oct/3 *", "2027-02-01 06:00")]
    [InlineData("0 6 29 2 *", "2028-02-29 06:00")]
    // Day and weekday both given: either.
    [InlineData("0 6 1 * 5", "2026-11-27 06:00")]
    [InlineData("0 6 25 * 5", "2026-11-25 06:00")]
    [InlineData("0 6 1 * 0-6", "2026-11-24 06:00")]
    // Only one of them given: that one.
    [InlineData("0 6 */2 * *", "2026-11-25 06:00")]
    [InlineData("  0\t6  * *   * ", "2026-11-24 06:00")]
    public void Next_time_matches_the_fields(string cron, string expected) =>
        Assert.Equal(Time(expected + "Z"), Parse(cron).Next(Time("2026-11-23 12:00Z")));

    [Theory]
    // At 02:00 the clocks jump to 03:00.
    [InlineData("30 2 * * *", "Europe/Berlin", "2027-03-28 00:00+01", "03-28 03:00+02, 03-29 02:30+02")]
    [InlineData("*/15 2 * * *", "Europe/Berlin", "2027-03-28 00:00+01", "03-28 03:00+02, 03-29 02:00+02, 03-29 02:15+02")]
    [InlineData("0 2,3 * * *", "Europe/Berlin", "2027-03-28 00:00+01", "03-28 03:00+02, 03-29 02:00+02")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2027-03-28 01:00+01", "03-28 01:30+01, 03-28 03:00+02, 03-28 03:30+02")]
    [InlineData("7 * * * *", "Europe/Berlin", "2027-03-28 01:00+01", "03-28 01:07+01, 03-28 03:07+02")]
    [InlineData("0 */2 * * *", "Europe/Berlin", "2027-03-28 00:00+01", "03-28 03:00+02, 03-28 04:00+02")]
    // At 03:00 they are put back to 02:00.
    [InlineData("30 2 * * *", "Europe/Berlin", "2027-10-31 00:00+02", "10-31 02:30+02, 11-01 02:30+01")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2027-10-31 02:10+01", "11-01 02:30+01")]
    [InlineData("*/20 2 * * *", "Europe/Berlin", "2027-10-31 02:10+02", "10-31 02:20+02, 10-31 02:40+02, 11-01 02:00+01")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2027-10-31 02:00+02", "10-31 02:30+02, 10-31 02:00+01, 10-31 02:30+01, 10-31 03:00+01")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2027-10-31 02:10+01", "10-31 02:30+01, 10-31 03:00+01")]
    [InlineData("0 */2 * * *", "Europe/Berlin", "2027-10-31 00:00+02", "10-31 02:00+02, 10-31 04:00+01")]
    [InlineData("30 2 * * *", "America/New_York", "2027-03-14 00:00-05", "03-14 03:00-04, 03-15 02:30-04")]
    [InlineData("30 1 * * *", "America/New_York", "2027-11-07 00:00-04", "11-07 01:30-04, 11-08 01:30-05")]
    // Half an hour, at 02:00 to 02:30 and back to 01:30.
    [InlineData("10 2 * * *", "Australia/Lord_Howe", "2027-10-03 00:00+10:30", "10-03 02:30+11, 10-04 02:10+11")]
    [InlineData("*/15 * * * *", "Australia/Lord_Howe", "2027-10-03 01:40+10:30", "10-03 01:45+10:30, 10-03 02:30+11, 10-03 02:45+11")]
    [InlineData("40 1 * * *", "Australia/Lord_Howe", "2027-04-04 00:00+11", "04-04 01:40+11, 04-05 01:40+10:30")]
    [InlineData("40 * * * *", "Australia/Lord_Howe", "2027-04-04 01:00+11", "04-04 01:40+11, 04-04 01:40+10:30, 04-04 02:40+10:30")]
    public void Clocks_that_change_neither_swallow_a_run_nor_double_it(string cron, string zone, string after, string expected)
    {
        var schedule = Parse(cron, zone);
        var at = Time(after);
        foreach (var time in expected.Split(", ").Select(t => Time($"2027-{t}")))
        {
            Assert.Equal(time, schedule.Next(at));
            at = time;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *", "('60' is no minute: that is from 0 to 59)")]
    [InlineData("99 * * * *", "from 0 to 59")]
    [InlineData("* 24 * * *", "from 0 to 23")]
    [InlineData("* 98 * * *", "from 0 to 23")]
    [InlineData("* * 0 * *", "from 1 to 31")]
    [InlineData("* * * 1,13 *", "('1,13' is no month: that is from 1 to 12)")]
    [InlineData("* * * * 8", "from 0 to 7")]
    [InlineData("10-5 * * * *", "('10-5' goes backwards)")]
    [InlineData("0 0 * * fri-mon", "('5-1' goes backwards)")]
    [InlineData("0 0 * mon *", "('mon' is no month)")]
    [InlineData("*/99 * * * *", "Increment")]
    [InlineData("100 * * * *")]
    [InlineData("1.5 * * * *")]
    [InlineData("-5 * * * *")]
    [InlineData("*/0 * * * *", "step")]
    [InlineData("5- * * * *")]
    [InlineData("5,,6 * * * *")]
    [InlineData("@daily")]
    [InlineData("0 0 L * *")]
    [InlineData("0 0 1W * *")]
    [InlineData("0 0 ? * 1")]
    [InlineData("0 0 * * 1#2")]
    [InlineData("0 0 * * foo")]
    [InlineData("+5 * * * *")]
    public void What_is_no_cron_is_refused_and_says_what_would_be(string text, string hint = "weekday")
    {
        Assert.Null(Cron.Parse(text, TimeZoneInfo.Utc, out var rule));
        Assert.StartsWith("must be a cron expression: minute, hour, day, month and weekday, such as ", rule, StringComparison.Ordinal);
        Assert.Contains(hint, rule, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_never_due_is_refused()
    {
        Assert.Null(Cron.Parse("0 0 30 2 *", TimeZoneInfo.Utc, out var rule));
        Assert.Equal("must be due some day; this one never is", rule);
    }

    [Theory]
    [InlineData("Europe/Berln", "did you mean Europe/Berlin?")]
    [InlineData("CET/Nowhere at all", "such as Europe/Berlin or UTC")]
    [InlineData("W. Europe Standard Time", "IANA")]
    public void What_is_no_time_zone_is_refused(string name, string hint)
    {
        Assert.Null(TimeZones.Find(name, out var rule));
        Assert.Contains(hint, rule, StringComparison.Ordinal);
    }

    private static Cron Parse(string text, string zone = "UTC") =>
        Cron.Parse(text, TimeZoneInfo.FindSystemTimeZoneById(zone), out var rule) ?? throw new InvalidOperationException($"{text}: {rule}");

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
