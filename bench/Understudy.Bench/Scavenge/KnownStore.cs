using Npgsql;
using NpgsqlTypes;

namespace Understudy.Bench.Scavenge;

/// <summary>The catalogue's rows of a store, written into it: how they came isn't measured here.</summary>
internal static class KnownStore
{
    private const string Empty = "truncate asset, copy, plan, history, retired, outbox, warmth, purge; update store set copies = 0, used = 0, reserved = 0, retired = 0;";

    private const string Rows = """
        with known as (
          insert into asset (id, customer, space, generation, source, used_at, heat)
          select d.id, 1, split_part(d.id, '/', 2)::int, 1, 's3://bench/' || d.id, d.used_at, heat_after(null, d.used_at, 1)
          from unnest(@id, @path, @used_at) as d(id, path, used_at)
          returning id, heat, used_at
        )
        insert into copy (asset_id, path, bytes, source, crc32c, generation, copied_at, score)
        select k.id, d.path, @bytes, 's3://bench/' || k.id, 1, 1, now() - interval '90 days', keep_score(k.heat, now() - interval '90 days', @bytes)
        from known k join unnest(@id, @path) as d(id, path) on d.id = k.id;
        """;

    private const string Generated = """
        with known as (
          insert into asset (id, customer, space, generation, source, used_at, heat)
          select i.id, 1, 1, 1, 's3://bench/' || i.id, i.used_at, heat_after(null, i.used_at, 1)
          from (select '1/1/image-' || n as id, now() - interval '1 hour' - abs(hashtext('a' || n)::bigint) % 5184000 * interval '1 second' as used_at from generate_series(1, @count) n) i
          returning id, heat
        )
        insert into copy (asset_id, path, bytes, source, crc32c, generation, copied_at, score)
        select k.id, k.id || '.jp2', @bytes, 's3://bench/' || k.id, 1, 1, now() - interval '90 days', keep_score(k.heat, now() - interval '90 days', @bytes) from known k;
        """;

    private const string Count = "update store set copies = (select count(*) from copy), used = (select coalesce(sum(bytes), 0) from copy); vacuum analyze asset; vacuum analyze copy; vacuum analyze plan; checkpoint";

    public static async Task FillAsync(NpgsqlDataSource catalogue, StoreTree tree, CancellationToken cancel)
    {
        await ExecuteAsync(catalogue, Empty, cancel);
        await using (var command = catalogue.CreateCommand(Rows))
        {
            command.CommandTimeout = 0;
            var all = Enumerable.Range(0, tree.Files).ToArray();
            command.Parameters.AddWithValue("id", Array.ConvertAll(all, i => $"{StoreTree.Id(i)}"));
            command.Parameters.AddWithValue("path", Array.ConvertAll(all, StoreTree.Relative));
            command.Parameters.Add(new NpgsqlParameter("used_at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz) { Value = Array.ConvertAll(all, tree.UsedAt) });
            command.Parameters.AddWithValue("bytes", (long)StoreTree.Bytes);
            await command.ExecuteNonQueryAsync(cancel);
        }

        await CountAsync(catalogue, cancel);
    }

    public static async Task GenerateAsync(NpgsqlDataSource catalogue, int count, long bytes, CancellationToken cancel)
    {
        await ExecuteAsync(catalogue, Empty, cancel);
        await using (var command = catalogue.CreateCommand(Generated))
        {
            command.CommandTimeout = 0;
            command.Parameters.AddWithValue("count", count);
            command.Parameters.AddWithValue("bytes", bytes);
            await command.ExecuteNonQueryAsync(cancel);
        }

        await CountAsync(catalogue, cancel);
    }

    public static Task ForgetAsync(NpgsqlDataSource catalogue, CancellationToken cancel) => ExecuteAsync(catalogue, Empty, cancel);

    private static async Task CountAsync(NpgsqlDataSource catalogue, CancellationToken cancel)
    {
        foreach (var statement in Count.Split("; "))
            await ExecuteAsync(catalogue, statement, cancel);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource catalogue, string sql, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
