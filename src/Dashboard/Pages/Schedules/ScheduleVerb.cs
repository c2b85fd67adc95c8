using Understudy.Contracts;

namespace Understudy.Dashboard.Pages.Schedules;

/// <summary>Something that can be done to a job.</summary>
/// <param name="Done">What its page says afterwards.</param>
public sealed record ScheduleVerb(string Name, string Done, Func<UnderstudyClient, string, CancellationToken, Task> Do)
{
    public static readonly IReadOnlyList<ScheduleVerb> All =
    [
        new("run", "It begins within a second.", (a, n, c) => a.RunScheduleAsync(n, c)),
        new("stop", "Its run stops within a second; the next one goes on from there.", (a, n, c) => a.StopScheduleAsync(n, c)),
        new("enable", "It runs by itself again.", (a, n, c) => a.SetScheduleAsync(n, new ScheduleChange(Enabled: true), c)),
        new("disable", "It no longer runs by itself.", (a, n, c) => a.SetScheduleAsync(n, new ScheduleChange(Enabled: false), c)),
        new("reset", "It runs as the configuration says.", (a, n, c) => a.ResetScheduleAsync(n, c)),
    ];

    public static ScheduleVerb? Find(string? name) => All.FirstOrDefault(v => v.Name == name);
}
