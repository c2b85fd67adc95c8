using Npgsql;
using Understudy.Bench.Contenders;

namespace Understudy.Bench.Dashboard;

/// <summary>
/// A catalogue as years leave it, written into PostgreSQL: assets of 20 customers with 25 spaces each, of which nine tenths have copies and one was given up,
/// with three lines of history each; plans that wait for a time far off; an hour of throughput, and a week of how full the store was.
/// </summary>
internal static class KnownCatalogue
{
    /// <summary>One that is there.</summary>
    public const string Present = "3/3/image-0000063";

    private static readonly string[] Statements =
    [
        """
        insert into asset (id, customer, space, generation, source, hits, used_at, heat)
        select c || '/' || s || '/image-' || lpad(n::text, 7, '0'), c, s, 1, 's3://bench/' || n, n % 50, used_at, heat_after(null, used_at, 1 + n % 50)
        from (select n, n % 20 as c, n / 20 % 25 as s, now() - n % 400 * interval '1 hour' as used_at from generate_series(1, @assets) n) a
        """,
        """
        insert into copy (asset_id, path, bytes, source, crc32c, generation, format, width, height, tile_width, tile_height, levels, components, bit_depth, copied_at, score)
        select id, id || '.jp2', bytes, source, 1, 1, 'Jp2', 6000, 4000, 512, 512, 6, 3, 8, now() - interval '30 days', keep_score(heat, now() - interval '30 days', bytes)
        from (select id, source, heat, 500000 + hashtext(id)::bigint % 400000 as bytes from asset where right(id, 1) <> '9') a
        """,
        "update store set copies = (select count(*) from copy), used = (select sum(bytes) from copy)",
        """
        insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, attempts, fault, reason, dead_at)
        select id, customer, 'present', 'copy', 2, 1, now() - interval '1 day', 8, (array['failed', 'sourceGone', 'badSource'])[1 + (hashtext(id) & 1)],
               'there is no object ' || source, now() - (abs(hashtext(id)) % 86400) * interval '1 second'
        from asset where right(id, 1) = '9'
        """,
        """
        insert into plan (asset_id, customer, goal, stage, lane, generation, due_at)
        select id, customer, 'present', 'copy', hashtext(id) & 3, 1, now() + interval '10 days' from asset where right(id, 2) = '18'
        """,
        """
        insert into history (asset_id, at, what, detail)
        select id, now() - n * interval '3 days', (array['copied', 'warmed', 'ingested'])[n], '1000000 bytes' from asset, generate_series(1, 3) n
        """,
        """
        insert into throughput (at, worker, events, copies, bytes, warm_requests, purges, evictions, failures)
        select at, gen_random_uuid(), 50, 20, 2e8, 300, 5, 3, 1 from generate_series(date_bin('10 s', now(), 'epoch') - interval '1 hour', now(), '10 s') at
        """,
        "insert into store_sample (at, used) select at, 4e11 from generate_series(now() - interval '7 days', now(), '1 hour') at on conflict do nothing",
        "vacuum analyze",
    ];

    public static async Task AddAsync(WorkerService worker, int assets, CancellationToken cancel)
    {
        await using var catalogue = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(worker.CatalogueConnection) { CommandTimeout = 1800 });
        foreach (var statement in Statements)
        {
            await using var command = catalogue.CreateCommand(statement);
            if (statement.Contains("@assets", StringComparison.Ordinal))
                command.Parameters.AddWithValue("assets", assets);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
