using Understudy.Contracts;
using Understudy.Schedules;

namespace Understudy.Worker.Tests.Schedules;

public sealed class DueTests
{
    private static readonly Cron Hourly = Cron.Parse("0 * * * *", TimeZoneInfo.Utc, out _)!;
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 30, 0, TimeSpan.Zero);
    private static readonly ScheduleRow Row = new("job", null, null, null, null, null, Now.AddMinutes(30), Hourly.ToString(), null, false, null, null, null, false, null, Now);

    [Fact]
    public void Nothing_before_its_time() => Assert.Equal(new Due.Nothing(), Of(Row));

    [Fact]
    public void First_look_plans_and_runs_nothing() =>
        Assert.Equal(new Due.Plan(Now.AddMinutes(30), Hourly.ToString()), Of(Row with { NextAt = null, NextBy = null }));

    [Fact]
    public void Another_cron_is_planned_anew_even_when_the_old_time_is_past() =>
        Assert.Equal(new Due.Plan(Now.AddMinutes(30), Hourly.ToString()), Of(Row with { NextAt = Now.AddDays(-1), NextBy = "0 0 * * * UTC" }));

    [Fact]
    public void Due_at_the_second() => Assert.Equal(new Due.Begin(Now, Now.AddMinutes(30)), Of(Row with { NextAt = Now }));

    [Fact]
    public void Any_number_of_missed_times_is_one_run() =>
        Assert.Equal(new Due.Begin(Now.AddDays(-9), Now.AddMinutes(30)), Of(Row with { NextAt = Now.AddDays(-9) }));

    [Fact]
    public void Run_under_way_is_waited_for() =>
        Assert.Equal(new Due.Nothing(), Of(Row with { NextAt = Now.AddDays(-1), AskedAt = Now, Worker = Guid.NewGuid(), Run = 1 }));

    [Fact]
    public void Asked_for_leaves_the_next_time_as_it_is() =>
        Assert.Equal(new Due.Begin(Now.AddSeconds(-1), Now.AddMinutes(30)), Of(Row with { AskedAt = Now.AddSeconds(-1), AskedManual = true }));

    [Fact]
    public void Asked_for_and_due_are_one_run() =>
        Assert.Equal(new Due.Begin(Now, Now.AddMinutes(30)), Of(Row with { NextAt = Now, AskedAt = Now.AddSeconds(-1), AskedManual = true }));

    [Fact]
    public void Off_forgets_its_time_then_runs_only_when_somebody_asks()
    {
        Assert.Equal(new Due.Plan(null, null), Of(Row with { NextAt = Now }, enabled: false));
        var off = Row with { NextAt = null, NextBy = null };
        Assert.Equal(new Due.Nothing(), Of(off, enabled: false));
        Assert.Equal(new Due.Nothing(), Of(off with { AskedAt = Now }, enabled: false));
        Assert.Equal(new Due.Begin(Now, null), Of(off with { AskedAt = Now, AskedManual = true }, enabled: false));
    }

    private static Due Of(ScheduleRow row, bool enabled = true) => Due.Of(row, new Timing(Hourly, enabled, ScheduleSource.Default), Now);
}
