-- Copies, the first to go when room is needed first. A score may be out of date, too low: whoever chooses what goes puts it right first.
select c.asset_id, c.bytes, c.score, c.copied_at, a.used_at,
       case
         when exists (select from pin n where n.scope in (a.customer::text, a.customer || '/' || a.space, a.id) and coalesce(n.until, 'infinity') > now()) then 'pinned'
         when greatest(c.copied_at, a.used_at) > now() - @grace then 'in use'
         when exists (select from plan p where p.asset_id = c.asset_id) then 'has a plan'
       end
from copy c join asset a on a.id = c.asset_id
where (c.score, c.asset_id) > (coalesce(@key, '-infinity'::float8), @id)
order by c.score, c.asset_id
limit @limit
