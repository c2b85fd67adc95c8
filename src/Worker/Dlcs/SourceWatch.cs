using Understudy.Copying;
using Understudy.Copying.Sources;
using Understudy.Plans;

namespace Understudy.Dlcs;

/// <summary>
/// Without DLCS's database: an ingest is over when the source's version differs from the copy's, or, without a copy of this source,
/// from what it was at the first look.
/// </summary>
internal sealed class SourceWatch(SourceFinder sources, SourceReader reader) : IIngestWatch
{
    // The head of the answer is what counts, but a range of none can't be asked for.
    private const int Enough = 16;
    private const string Missing = "missing";

    public async Task<Outcome> LookAsync(Attempt attempt, AnnouncedIngest announcement, CancellationToken cancel)
    {
        if (sources.Find(attempt.Id, attempt.Source, out var error) is not { } source)
            return new Outcome.NotYet(error);

        var (opened, reading) = await reader.AskAsync(attempt, source, 0, Enough, new Condition.Any(), cancel);
        using (opened)
        {
            return reading switch
            {
                Reading.Body body => Compare(Describe(source, VersionText(body.Version)), attempt, source, announcement),
                // Where there was none its appearing is the change; where there was one it may be on its way back.
                Reading.Gone gone => new Outcome.NotYet(gone.Reason, announcement.Baseline is null ? Describe(source, Missing) : null),
                _ => new Outcome.NotYet(Faults.Reason(Readings.ToOutcome(reading))!),
            };
        }
    }

    private static Outcome Compare(string now, Attempt attempt, SourceObject source, AnnouncedIngest announcement)
    {
        if (BaselineOf(attempt, source, announcement) is not { } before)
            return new Outcome.NotYet("the source is as it was when the ingest was announced, as far as is known", now);
        return now == before
            ? new Outcome.NotYet("the source has not changed since the ingest was announced")
            : new Outcome.GoOn(Stages.Copy, "ingest over", $"{now}, was {before}");
    }

    private static string? BaselineOf(Attempt attempt, SourceObject source, AnnouncedIngest announcement)
    {
        if (attempt.Copy is { } copy && copy.Source == source.Uri.ToString())
            return Describe(source, VersionText(copy.Version));
        // What another source was says nothing about this one.
        return announcement.Baseline is { } seen && seen.StartsWith(Describe(source, ""), StringComparison.Ordinal) ? seen : null;
    }

    private static string VersionText(SourceVersion version) => $"{version.ETag} {version.Length}";

    private static string Describe(SourceObject source, string what) => $"{source.Uri} {what}";
}
