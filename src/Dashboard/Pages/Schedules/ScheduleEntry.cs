using Microsoft.AspNetCore.Http;
using Understudy.Contracts;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Pages.Schedules;

/// <summary>What stands in the form, and what stood in it before: only what somebody changed there is changed, whatever others did meanwhile.</summary>
public sealed record ScheduleEntry(string Cron, string TimeZone, string FormerCron, string FormerZone, Refusal? Refusal = null)
{
    // As the API calls them.
    public const string CronField = "cron";
    public const string ZoneField = "timeZone";
    public const string FormerCronField = "formerCron";
    public const string FormerZoneField = "formerTimeZone";

    public static ScheduleEntry Of(ScheduleView schedule) => new(schedule.Cron, schedule.TimeZone, schedule.Cron, schedule.TimeZone);

    public static ScheduleEntry Of(IFormCollection form) => new($"{form[CronField]}".Trim(), $"{form[ZoneField]}".Trim(), $"{form[FormerCronField]}", $"{form[FormerZoneField]}");

    /// <summary>null: nothing is changed.</summary>
    public ScheduleChange? Change => Cron == FormerCron && TimeZone == FormerZone ? null : new(Cron == FormerCron ? null : Cron, TimeZone == FormerZone ? null : TimeZone);
}
