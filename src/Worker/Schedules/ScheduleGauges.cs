using System.Diagnostics.Metrics;
using Npgsql;
using Understudy.Contracts;
using Understudy.Hosting;

namespace Understudy.Schedules;

/// <summary>What became of jobs, as metrics. Looked up now and then, not at each scrape; every worker shows the same.</summary>
internal sealed class ScheduleGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ScheduleDesk _desk;
    private readonly Clock _clock;
    private readonly TimeProvider _time;
    private volatile IReadOnlyList<ScheduleView> _jobs = [];
    private long _now;

    public ScheduleGauges(ScheduleDesk desk, Clock clock, TimeProvider time)
    {
        (_desk, _clock, _time) = (desk, clock, time);
        var meter = Telemetry.Meter;
        meter.CreateObservableGauge("understudy.schedule.outcome", () => Of(v => v.Last?.Outcome is { } last ? 1 : null, v => new("outcome", RunOutcomes.Text(v.Last!.Outcome!.Value))), null, "1 for what came of a job's last run");
        meter.CreateObservableGauge("understudy.schedule.duration", () => Of(v => v.Last?.Seconds), "s", "How long a job's last run took");
        meter.CreateObservableGauge("understudy.schedule.running", () => Of(v => v.Running?.Seconds ?? 0), "s", "For how long a job has been running; 0: it isn't");
        meter.CreateObservableGauge("understudy.schedule.since_success", () => Of(v => v.Enabled ? Math.Max(0, (new DateTimeOffset(Volatile.Read(ref _now), TimeSpan.Zero) - v.SucceededAt).TotalSeconds) : null), "s", "For how long a job that isn't off has not come to its end; before the first time: since it is known");
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            try
            {
                var now = await _clock(stop);
                _jobs = await _desk.ListAsync(stop);
                Volatile.Write(ref _now, now.UtcTicks);
            }
            catch (NpgsqlException)
            {
                // The scheduler logs that the catalogue is away; old figures are better than none.
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private List<Measurement<double>> Of(Func<ScheduleView, double?> value, Func<ScheduleView, KeyValuePair<string, object?>>? label = null) =>
        [.. from job in _jobs
            let measured = value(job)
            where measured is not null
            select label is null ? new Measurement<double>(measured.Value, Job(job)) : new Measurement<double>(measured.Value, Job(job), label(job))];

    private static KeyValuePair<string, object?> Job(ScheduleView job) => new("job", job.Name);
}
