-- Copies that weren't checked since @before, the oldest check first, behind (@at, @id). What is being copied or evicted is left alone.
select c.asset_id, coalesce(c.checked_at, '-infinity'), c.path, c.bytes, c.crc32c, c.generation,
       exists (select from plan p where p.asset_id = c.asset_id and p.pool in (0, 3) and p.dead_at is null),
       (select greatest(c.copied_at, a.used_at) from asset a where a.id = c.asset_id), now()
from copy c
where (coalesce(c.checked_at, '-infinity'), c.asset_id) > (@at, @id) and coalesce(c.checked_at, '-infinity') < @before
order by coalesce(c.checked_at, '-infinity'), c.asset_id
limit @most
