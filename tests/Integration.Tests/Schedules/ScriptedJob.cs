using Understudy.Schedules;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>A job that does what the test says.</summary>
internal sealed class ScriptedJob(string name, string cron, Func<JobRun, CancellationToken, Task<JobOutcome>> script) : IJob
{
    public string Name => name;

    public string DefaultCron => cron;

    public string Description => "Does what the test says";

    public Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel) => script(run, cancel);
}
