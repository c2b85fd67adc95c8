-- Copies behind @after whose sources can be looked at: what is being copied or evicted is looked at anyway, or goes.
select c.asset_id, a.source, a.generation, c.source, c.etag, c.version_id, c.source_modified, c.bytes
from copy c join asset a on a.id = c.asset_id
-- Said of both: PostgreSQL doesn't conclude it, and may read all assets before the first.
where c.asset_id > @after and a.id > @after and not a.deleted
  and not exists (select from plan p where p.asset_id = c.asset_id and p.pool in (0, 3) and p.dead_at is null)
order by c.asset_id
limit @most
