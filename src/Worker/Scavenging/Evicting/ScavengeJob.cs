using System.Globalization;
using Understudy.Schedules;

namespace Understudy.Scavenging.Evicting;

/// <summary>Brings the store down to its low water mark at a quiet hour, so that the day begins with room.</summary>
internal sealed class ScavengeJob(Scavenger scavenger, ScavengingOptions options, TimeProvider time) : IJob
{
    public const string JobName = "scavenge";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public string Name => JobName;

    public string DefaultCron => "30 3 * * *";

    public string Description => "Evicts the least worth copies until the store is at its low water mark";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        if (!options.Evicts && !run.IsManual)
            return new JobOutcome.Done("Scavenging:Evicts is off: nothing was planned to go");
        var emptying = await scavenger.EmptyAsync(cancel);
        while (!emptying.IsOver)
        {
            // Begun again elsewhere, it begins with what the store holds then.
            await run.NoteAsync(null, Tally(), emptying.Fraction);
            await Task.Delay(Pause, time, cancel);
            await scavenger.SliceAsync(cancel);
        }

        return new JobOutcome.Done(Tally());

        string Tally() => string.Create(CultureInfo.InvariantCulture, $"{emptying.Copies} copies of {emptying.Bytes} bytes were planned to go");
    }
}
