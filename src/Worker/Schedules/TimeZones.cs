using Understudy.Hosting.Configuration;

namespace Understudy.Schedules;

/// <summary>Time zones by their IANA names, which every system here has.</summary>
internal static class TimeZones
{
    /// <param name="rule">What is wrong, going on after "it"; null where nothing is.</param>
    public static TimeZoneInfo? Find(string name, out string? rule)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId)
        {
            rule = null;
            return zone;
        }

        var near = Nearest.To(name, TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id));
        rule = near is null ? "must be a time zone's IANA name, such as Europe/Berlin or UTC" : $"must be a time zone's IANA name; did you mean {near}?";
        return null;
    }
}
