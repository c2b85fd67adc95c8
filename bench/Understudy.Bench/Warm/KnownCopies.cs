using Npgsql;
using Understudy.Bench.Contenders;

namespace Understudy.Bench.Warm;

/// <summary>Copies that the catalogue knows of: written into it, for how they came isn't measured here.</summary>
internal static class KnownCopies
{
    public const int Customer = 1;

    /// <summary>Where the n-th copy lies in the store, n from 1.</summary>
    public static string Path(int n) => $"{Customer}/1/image-{n:D5}.jp2";

    public static async Task AddAsync(WorkerService worker, int count, int width, int height, int levels, CancellationToken cancel)
    {
        const string Rows = """
            with id as (select @customer || '/1/image-' || lpad(n::text, greatest(5, length(n::text)), '0') as id from generate_series(1, @count) n),
            known as (
              insert into asset (id, customer, space, generation, source) select id, @customer, 1, 1, 's3://bench/' || id from id),
            there as (
              insert into copy (asset_id, path, bytes, source, crc32c, generation, format, width, height, tile_width, tile_height, levels, components, bit_depth)
              select id, id || '.jp2', 1000000, 's3://bench/' || id, 1, 1, 'Jp2', @width, @height, @tile, @tile, @levels, 3, 8 from id)
            update store set copies = copies + @count, used = used + 1000000 * @count::bigint
            """;
        await using var catalogue = NpgsqlDataSource.Create(worker.CatalogueConnection);
        await using (var command = catalogue.CreateCommand(Rows))
        {
            command.Parameters.AddWithValue("customer", Customer);
            command.Parameters.AddWithValue("count", count);
            command.Parameters.AddWithValue("width", width);
            command.Parameters.AddWithValue("height", height);
            command.Parameters.AddWithValue("tile", Pyramids.Tile);
            command.Parameters.AddWithValue("levels", levels);
            await command.ExecuteNonQueryAsync(cancel);
        }

        await using var analyze = catalogue.CreateCommand("analyze");
        await analyze.ExecuteNonQueryAsync(cancel);
    }
}
