using Understudy.Schedules;

namespace Understudy.Scavenging.Evicting;

/// <summary>Brings the store down to its low water mark at a quiet hour, so that the day begins with room.</summary>
internal sealed class ScavengeJob(Scavenger scavenger) : IJob
{
    public const string JobName = "scavenge";

    public string Name => JobName;

    public string DefaultCron => "30 3 * * *";

    public string Description => "Evicts the least worth copies until the store is at its low water mark";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        var planned = await scavenger.EmptyAsync(cancel);
        return new JobOutcome.Done($"{planned.Copies} copies of {planned.Bytes} bytes were planned to go");
    }
}
