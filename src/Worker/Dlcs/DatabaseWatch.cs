using Npgsql;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Dlcs;

/// <summary>Asks DLCS's database, which says exactly when an ingest is over, what came of it, and where the JP2 is.</summary>
internal sealed class DatabaseWatch(DlcsDatabase dlcs) : IIngestWatch
{
    public async Task<Outcome> LookAsync(Attempt attempt, AnnouncedIngest announcement, CancellationToken cancel)
    {
        try
        {
            return Judge(await dlcs.FindAsync(attempt.Id, cancel), announcement.At, attempt.Copy is not null);
        }
        catch (NpgsqlException e)
        {
            return new Outcome.NotYet($"DLCS's database can't be read: {e.Message}");
        }
    }

    private static Outcome Judge(DlcsImage? image, DateTimeOffset announced, bool hasCopy) => image switch
    {
        null => new Outcome.Hopeless(Fault.SourceGone, "DLCS has no such asset"),
        { Ingesting: true } => new Outcome.NotYet("DLCS is ingesting it"),
        // The announcement is sent before the Engine takes the asset up, and with it the time of the ingest before.
        { Finished: null } => new Outcome.NotYet("DLCS has not ingested it yet"),
        { Finished: { } finished } when finished <= announced => new Outcome.NotYet($"DLCS has not ingested it since {announced:u}"),
        // A copy that is there is kept up to date, whatever it is for.
        { IsForDelivery: false } when !hasCopy => new Outcome.NothingToDo("DLCS delivers no tiles of it"),
        { S3: "" } => new Outcome.Hopeless(Fault.SourceGone, $"DLCS holds no JP2 for it{Because(image)}"),
        { Finished: { } finished } => new Outcome.GoOn(Stages.Copy, "ingest over", $"at {finished:u}{Because(image)}", new LearntSource(image.S3, finished)),
    };

    private static string Because(DlcsImage image) => image.Error.Length > 0 ? $": {image.Error}" : "";
}
