using Understudy.Plans;

namespace Understudy.Dlcs;

/// <summary>A way to see whether an announced ingest is over.</summary>
internal interface IIngestWatch
{
    /// <summary>One look.</summary>
    /// <returns>
    /// <see cref="Outcome.NotYet"/> also where nothing could be seen: what has failed now may be seen later.
    /// </returns>
    Task<Outcome> LookAsync(Attempt attempt, AnnouncedIngest announcement, CancellationToken cancel);
}
