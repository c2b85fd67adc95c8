using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Publishing;

namespace Understudy.Scavenging.Reconciling;

/// <summary>What became of copies whose files weren't as the catalogue has them.</summary>
/// <param name="LeftAlone">They have a plan.</param>
/// <param name="Fine">The second look found them right: they had changed while the store was walked.</param>
internal sealed record Losses(long Lost, long Differing, long PlannedAgain, long LeftAlone, long Fine);

/// <summary>Forgets copies whose files are gone, and has those copied again that are wanted.</summary>
internal sealed class Loss(Holding holding, StoreFolder store, StoreIdentity identity, Outbox outbox)
{
    // Used since, so worth a copy before somebody waits for it.
    private static readonly TimeSpan WantedFor = TimeSpan.FromDays(30);

    public async Task<Losses> LookAgainAsync(string[] ids, CancellationToken cancel)
    {
        // An empty mount point would have lost everything.
        await identity.CompareAsync(cancel);
        var losses = await holding.WhileHeldAsync(c => Holding.Command(c, "Plans.LockAssets", ids), ids, Look, WriteAsync, cancel);
        outbox.MayHoldMore();
        return losses;

        (Held Copy, long? Length)[] Look(IReadOnlyList<Held> held) => [.. held.Where(h => h.Path is not null).Select(h => (h, LengthOf(h)))];

        async Task<Losses> WriteAsync(NpgsqlConnection connection, IReadOnlyList<Held> held, (Held Copy, long? Length)[] seen)
        {
            string[] lost = [.. seen.Where(s => s.Length is null).Select(s => s.Copy.Id)];
            string[] differing = [.. seen.Where(s => s.Length is { } length && length != s.Copy.Bytes).Select(s => s.Copy.Id)];
            await using var command = connection.CreateCommand();
            command.CommandText = Sql.Named("Scavenging.Reconciling.Forget");
            command.Parameters.AddWithValue("held", held.Select(h => h.Id).ToArray());
            command.Parameters.AddWithValue("lost", lost);
            command.Parameters.AddWithValue("differing", differing);
            command.Parameters.AddWithValue("wanted", WantedFor);
            command.Parameters.AddWithValue("publish", outbox.IsOn);
            await using var row = await command.ExecuteReaderAsync(cancel);
            await row.ReadAsync(cancel);
            return new Losses(row.GetInt64(0), differing.Length, row.GetInt64(1) + differing.Length, ids.Length - held.Count, held.Count - lost.Length - differing.Length);
        }
    }

    /// <returns>The file's length; null: it is gone.</returns>
    private long? LengthOf(Held copy)
    {
        if (StorePath.Parse(copy.Path!) is not PathResult.Resolved(var path))
            return null;
        try
        {
            return store.Find(path)?.Length;
        }
        catch (StoreException e) when (e.Errno == Errno.EACCES)
        {
            // It may well be there.
            return copy.Bytes;
        }
    }
}
