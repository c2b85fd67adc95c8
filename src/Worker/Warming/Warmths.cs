using System.Text.Json;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Plans;

namespace Understudy.Warming;

/// <summary>What the catalogue knows of assets' warming.</summary>
internal sealed class Warmths(NpgsqlDataSource catalogue)
{
    /// <summary>Where an unfinished warming of this very copy stands; null where there is none.</summary>
    public async Task<Warmth?> FindAsync(Attempt attempt, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var row = await connection.QuerySingleOrDefaultAsync<(string Fingerprint, string Progress, int Requested, int Good, long Bytes, int Slowest)?>(new(
            "select fingerprint, progress::text, requested, good, bytes, slowest_ms from warmth where asset_id = @id and crc32c = @crc32c and progress is not null",
            new { id = attempt.Id.ToString(), crc32c = (long)attempt.Copy!.Crc32C },
            cancellationToken: cancel));
        return row is { } found
            ? new Warmth(found.Fingerprint, JsonSerializer.Deserialize<Dictionary<string, byte[]>>(found.Progress)!, found.Requested, found.Good, found.Bytes, TimeSpan.FromMilliseconds(found.Slowest))
            : null;
    }

    public async Task SaveAsync(Attempt attempt, WarmthNote note, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Warming.Save"));
        command.Parameters.AddWithValue("asset_id", attempt.Id.ToString());
        command.Parameters.AddWithValue("attempt", attempt.Token);
        command.Parameters.AddWithValue("crc32c", (long)attempt.Copy!.Crc32C);
        command.Parameters.AddWithValue("requested", note.Requested);
        command.Parameters.AddWithValue("good", note.Good);
        command.Parameters.AddWithValue("bad", note.Bad);
        command.Parameters.AddWithValue("bytes", note.Bytes);
        command.Parameters.AddWithValue("slowest_ms", (int)Math.Min(int.MaxValue, note.Slowest.TotalMilliseconds));
        command.Parameters.Add(new NpgsqlParameter("reason", NpgsqlDbType.Text) { Value = (object?)note.Reason ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("fingerprint", NpgsqlDbType.Text) { Value = note.Fingerprint });
        command.Parameters.Add(new NpgsqlParameter("progress", NpgsqlDbType.Text) { Value = note.Progress is { } progress ? JsonSerializer.Serialize(progress) : DBNull.Value });
        command.Parameters.AddWithValue("done", note.Progress is null);
        command.Parameters.AddWithValue("good_now", note.Now.Good);
        command.Parameters.AddWithValue("bad_now", note.Now.Bad);
        command.Parameters.AddWithValue("bytes_now", note.Now.Bytes);
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>An unfinished warming.</summary>
/// <param name="Fingerprint">Of all its requests.</param>
/// <param name="Progress">By route: which were answered well.</param>
internal sealed record Warmth(string Fingerprint, IReadOnlyDictionary<string, byte[]> Progress, int Requested, int Good, long Bytes, TimeSpan Slowest);

/// <summary>How a warming stands.</summary>
/// <param name="Requested">All requests of all routes.</param>
/// <param name="Good">Answered well, by this attempt or former ones.</param>
/// <param name="Bad">Answered badly, by this attempt.</param>
/// <param name="Progress">null: all is done.</param>
internal sealed record WarmthNote(
    int Requested, int Good, int Bad, long Bytes, TimeSpan Slowest, string? Reason, string Fingerprint, IReadOnlyDictionary<string, byte[]>? Progress, Fresh Now);

/// <summary>What came since the note before.</summary>
internal readonly record struct Fresh(int Good, int Bad, long Bytes);
