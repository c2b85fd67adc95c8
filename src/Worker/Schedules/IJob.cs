namespace Understudy.Schedules;

/// <summary>
/// Work that is done when its schedule says so, by one worker at a time. Registered as a singleton of this type. A run may end at any
/// point without a word (its worker dies), and then goes on, elsewhere, from what it noted last.
/// </summary>
internal interface IJob
{
    /// <summary>Lower case, digits and hyphens: the key below <c>Schedules</c>, and the name in API and metrics.</summary>
    string Name { get; }

    /// <summary>Five fields, as crontab(5) has them.</summary>
    string DefaultCron { get; }

    /// <summary>One line.</summary>
    string Description { get; }

    /// <summary>An exception is a bug or a server that is away; the run counts as failed then, and what it noted is kept.</summary>
    Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel);
}
