using Understudy.Contracts;

namespace Understudy.Schedules;

/// <summary>All jobs there are, and when each runs: as the API set it, else as configured, else as the job itself suggests.</summary>
internal sealed class Timetable
{
    private readonly ScheduleOptions _options;
    private readonly ConfiguredCrons _configured;

    public Timetable(IEnumerable<IJob> jobs, ScheduleOptions options, ConfiguredCrons configured)
    {
        (_options, _configured) = (options, configured);
        Jobs = [.. jobs.OrderBy(j => j.Name, StringComparer.Ordinal)];
        foreach (var job in Jobs)
            TimingOf(job, null);
    }

    public IReadOnlyList<IJob> Jobs { get; }

    public IJob? Find(string name) => Jobs.FirstOrDefault(j => j.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What another version of the worker set, and this one can't read, counts as not set.</summary>
    public Timing TimingOf(IJob job, ScheduleRow? row)
    {
        var configured = _configured.ByJob.GetValueOrDefault(job.Name);
        var on = configured is null || !ConfiguredCrons.IsOff(configured);
        var zone = (row?.Zone is { } set ? TimeZones.Find(set, out _) : null) ?? _options.Zone;
        var cron = (row?.Cron is { } text ? Cron.Parse(text, zone, out _) : null)
            ?? Cron.Parse(on ? configured ?? job.DefaultCron : job.DefaultCron, zone, out _)
            ?? throw new InvalidOperationException($"the default cron of {job.Name} is none: {job.DefaultCron}");
        var source = row is { Cron: not null } or { Zone: not null } or { Enabled: not null } ? ScheduleSource.Api
            : configured is not null ? ScheduleSource.Configuration
            : ScheduleSource.Default;
        return new Timing(cron, row?.Enabled ?? on, source);
    }
}
