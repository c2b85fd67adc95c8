using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Images;
using Understudy.Copying.Store;

namespace Understudy.Scavenging.Reconciling;

/// <summary>A file that no row knows, at an asset's place.</summary>
internal sealed record Orphan(AssetId Id, StorePath Path, Entry Entry);

/// <summary>Takes whole files that the catalogue doesn't know into it.</summary>
internal sealed class Adoption(NpgsqlDataSource catalogue, Inspection inspection, Holding holding)
{
    /// <summary>Assets that can't take the file, with the reason; <c>plan</c>: whoever works at it owns the file.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindUnfitAsync(IEnumerable<Orphan> orphans, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Reconciling.Unfit"));
        command.Parameters.AddWithValue("id", orphans.Select(o => $"{o.Id}").ToArray());
        await using var row = await command.ExecuteReaderAsync(cancel);
        var unfit = new Dictionary<string, string>();
        while (await row.ReadAsync(cancel))
            unfit[row.GetString(0)] = row.GetString(1);
        return unfit;
    }

    /// <returns>How many were adopted, and their bytes. The others changed meanwhile, or somebody else knows them.</returns>
    public Task<(long Files, long Bytes)> AdoptAsync(IReadOnlyList<(Orphan Orphan, Inspected.Whole Whole)> files, CancellationToken cancel)
    {
        var ids = files.Select(f => $"{f.Orphan.Id}").ToArray();
        return holding.WhileHeldAsync(c => Meet(c, files, ids), ids, Look, WriteAsync, cancel);

        (Orphan Orphan, Inspected.Whole Whole)[] Look(IReadOnlyList<Held> held)
        {
            var free = held.Where(h => h.Path is null).Select(h => h.Id).ToHashSet();
            return [.. files.Where(f => free.Contains($"{f.Orphan.Id}") && inspection.IsStill(f.Orphan.Path, f.Whole.File))];
        }

        async Task<(long Files, long Bytes)> WriteAsync(NpgsqlConnection connection, IReadOnlyList<Held> held, (Orphan Orphan, Inspected.Whole Whole)[] still)
        {
            await using var command = Adopt(connection, still, held);
            await using var row = await command.ExecuteReaderAsync(cancel);
            await row.ReadAsync(cancel);
            return (row.GetInt64(0), row.GetInt64(1));
        }
    }

    private static NpgsqlCommand Meet(NpgsqlConnection connection, IReadOnlyList<(Orphan Orphan, Inspected.Whole Whole)> files, string[] ids)
    {
        var command = Holding.Command(connection, "Scavenging.Reconciling.Meet", ids);
        var found = files.Select(f => f.Orphan).ToArray();
        Holding.Add(command, "customer", NpgsqlDbType.Integer, found, o => o.Id.Customer);
        Holding.Add(command, "space", NpgsqlDbType.Integer, found, o => o.Id.Space);
        // As it was before we read it ourselves.
        Holding.Add(command, "used_at", NpgsqlDbType.TimestampTz, found, o => o.Entry.Accessed > o.Entry.Modified ? o.Entry.Accessed : null);
        return command;
    }

    private static NpgsqlCommand Adopt(NpgsqlConnection connection, (Orphan Orphan, Inspected.Whole Whole)[] files, IReadOnlyList<Held> held)
    {
        var command = Holding.Command(connection, "Scavenging.Reconciling.Adopt", [.. files.Select(f => $"{f.Orphan.Id}")]);
        command.Parameters.AddWithValue("held", held.Select(h => h.Id).ToArray());
        Holding.Add(command, "path", NpgsqlDbType.Text, files, f => f.Orphan.Path.Text);
        Holding.Add(command, "bytes", NpgsqlDbType.Bigint, files, f => f.Whole.File.Length);
        Holding.Add(command, "crc32c", NpgsqlDbType.Bigint, files, f => (long)f.Whole.Crc32C);
        var facts = files.Select(f => f.Whole.Facts).ToArray();
        Holding.Add(command, "format", NpgsqlDbType.Text, facts, f => f.Format.ToString());
        foreach (var (name, value) in new (string, Func<ImageFacts, int>)[]
        {
            ("width", f => f.Width), ("height", f => f.Height), ("tile_width", f => f.TileWidth), ("tile_height", f => f.TileHeight),
            ("levels", f => f.Levels), ("components", f => f.Components), ("bit_depth", f => f.BitDepth),
        })
            Holding.Add(command, name, NpgsqlDbType.Integer, facts, f => value(f));
        return command;
    }
}
