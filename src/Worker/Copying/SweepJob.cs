using Understudy.Schedules;

namespace Understudy.Copying;

/// <summary>A sweep at the operator's word; <see cref="Sweep"/> has a rhythm of its own besides.</summary>
internal sealed class SweepJob(Sweep sweep) : IJob
{
    public const string JobName = "sweep";

    public string Name => JobName;

    public string DefaultCron => "45 2 * * *";

    public string Description => "Clears what dead attempts left in the store's reserved folder, and replaced files past their grace period";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel) =>
        new JobOutcome.Done(await sweep.RunAsync(cancel) ? "swept" : "another sweep was at it");
}
