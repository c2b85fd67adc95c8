using Understudy.Hosting.Configuration;

namespace Understudy.Schedules;

/// <summary>What section <c>Schedules</c> says about single jobs.</summary>
internal sealed record ConfiguredCrons(IReadOnlyDictionary<string, string> ByJob)
{
    public const string Off = "off";

    /// <param name="jobs">All there are with this configuration.</param>
    public static ConfiguredCrons Read(IConfiguration configuration, OptionsSections sections, IReadOnlyCollection<string> jobs)
    {
        string[] options = [.. SectionReader.Properties(typeof(ScheduleOptions)).Select(p => p.Name)];
        var crons = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var errors = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in configuration.GetSection(ScheduleOptions.Section).GetChildren().Where(c => !options.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            string? rule = null;
            if (!jobs.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))
                errors[entry.Path] = SectionReader.Unknown(entry.Path, [.. options, .. jobs]);
            else if (entry.Value is null or "" || entry.GetChildren().Any())
                errors[entry.Path] = SectionReader.Line(entry.Path, null, "must be one value: a cron expression such as '30 2 * * 1-5', or off");
            else if (IsOff(entry.Value) || Cron.Parse(entry.Value, TimeZoneInfo.Utc, out rule) is not null)
                crons[entry.Key] = entry.Value;
            else
                errors[entry.Path] = SectionReader.Line(entry.Path, entry.Value, $"{rule}, or off");
        }

        sections.Add(new OptionsSection(ScheduleOptions.Section, crons, errors));
        return new ConfiguredCrons(crons);
    }

    public static bool IsOff(string value) => value.Equals(Off, StringComparison.OrdinalIgnoreCase);
}
