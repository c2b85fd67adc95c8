using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;

namespace Understudy.Schedules;

/// <summary>Section <c>Schedules</c>. Beside these keys it has one for each job: a cron expression, or <c>off</c>.</summary>
internal sealed class ScheduleOptions : ICheckedOptions
{
    public const string Section = "Schedules";

    /// <summary>Whose clocks the cron expressions mean: an IANA name.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>
    /// How long the job <c>retention</c> leaves what has happened: assets' history, runs of jobs, bulk warmings that are over, and messages
    /// that could not be published. 1 day to 3650 days. Short: nobody can say any more what became of an asset; long: a big catalogue.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepHistory { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long it leaves recorded uses (Scavenging:RecordUses), 1 day to 3650 days. Short: a replay sees no season; long: a big catalogue.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepUses { get; set; } = TimeSpan.FromDays(30);

    public TimeZoneInfo Zone => TimeZones.Find(TimeZone, out _) ?? TimeZoneInfo.Utc;

    public IEnumerable<BrokenRule> Check()
    {
        if (TimeZones.Find(TimeZone, out var rule) is null)
            yield return new(nameof(TimeZone), rule!);
    }
}
