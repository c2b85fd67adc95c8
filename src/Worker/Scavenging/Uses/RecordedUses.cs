using System.Runtime.CompilerServices;
using Npgsql;
using Understudy.Catalogue;

namespace Understudy.Scavenging.Uses;

/// <summary>Uses of one asset that one commit recorded.</summary>
/// <param name="Bytes">Of its copy, or of its last one; null: it never had one.</param>
internal sealed record RecordedUse(DateTimeOffset At, string Asset, int Hits, long? Bytes);

/// <summary>The uses that were written down, whoever wrote them (Intake.sql, Kept.sql).</summary>
internal sealed class RecordedUses(NpgsqlDataSource catalogue)
{
    /// <summary>In the order of time, page by page: no long statement keeps PostgreSQL from clearing up, and memory doesn't grow with them.</summary>
    public async IAsyncEnumerable<RecordedUse> ReadAsync(DateTimeOffset since, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancel)
    {
        var page = new List<RecordedUse>();
        var (at, id) = (since.ToUniversalTime(), 0L);
        do
        {
            page.Clear();
            await using (var command = catalogue.CreateCommand(Sql.Named("Scavenging.Uses.Page")))
            {
                command.Parameters.AddWithValue("after", at);
                command.Parameters.AddWithValue("after_id", id);
                command.Parameters.AddWithValue("until", until.ToUniversalTime());
                await using var row = await command.ExecuteReaderAsync(cancel);
                while (await row.ReadAsync(cancel))
                {
                    (at, id) = (row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1));
                    page.Add(new RecordedUse(at, row.GetString(2), row.GetInt32(3), row.IsDBNull(4) ? null : row.GetInt64(4)));
                }
            }

            foreach (var use in page)
                yield return use;
        }
        while (page.Count > 0);
    }
}
