-- Copies, the first to go when room is needed first. A score may be out of date, too low: whoever chooses what goes puts it right first.
-- The page first: PostgreSQL would hash all plans for a look at a few.
with page as materialized (
  select c.asset_id, c.bytes, c.score, c.copied_at, a.used_at, a.customer, a.space
  from copy c join asset a on a.id = c.asset_id
  where (c.score, c.asset_id) > (coalesce(@key, '-infinity'::float8), @id)
  order by c.score, c.asset_id
  limit @limit
)
select p.asset_id, p.bytes, p.score, p.copied_at, p.used_at,
       case
         when exists (select from pin n where n.scope in (p.customer::text, p.customer || '/' || p.space, p.asset_id) and coalesce(n.until, 'infinity') > now()) then 'pinned'
         when greatest(p.copied_at, p.used_at) > now() - @grace then 'in use'
         when exists (select from plan where asset_id = p.asset_id) then 'has a plan'
       end
from page p
order by p.score, p.asset_id
