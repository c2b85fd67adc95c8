using Understudy.Integration.Tests.Plans;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>Copies that only the catalogue knows.</summary>
internal static class KnownStore
{
    /// <summary>Of all sizes and ages, with their scores as they were when they were copied.</summary>
    public static Task<int> FillAsync(TestCatalogue catalogue, int first, int last) => catalogue.ExecuteAsync(
        """
        -- What is written in no order is dear: indexes of scores and checks are made anew, all others are filled in their order.
        drop index copy_score, copy_checked;
        with filled as (
          insert into asset (id, customer, space, generation, heat)
          select '2/5/' || i, 2, 5, 1, heat_after(null, now() - hashtext('a' || i) % 1000 * interval '1 hour', 1) from generate_series(@first, @last) i
          order by i::text collate "C"
          returning id, heat
        )
        insert into copy (asset_id, path, bytes, source, crc32c, generation, copied_at, checked_at, score)
        select f.id, f.id || '.jp2', b.bytes, 's3://bucket/key', 1, 1, now(), now() - hashtext('c' || f.id) % 1000 * interval '1 hour', keep_score(f.heat, now(), b.bytes)
        from filled f cross join lateral (select 20000 + abs(hashtext('b' || f.id)::bigint) % 100000000 as bytes) b;
        create index copy_score on copy (score, asset_id);
        create index copy_checked on copy ((coalesce(checked_at, '-infinity')), asset_id);
        update store set copies = (select count(*) from copy), used = (select sum(bytes) from copy);
        """,
        new { first, last });
}
