-- The second look, right before a file goes: which of these are to stay after all, and what was known of their use.
select d.id, greatest(c.copied_at, a.used_at),
       case
         when exists (select from pin n where n.scope in (a.customer::text, a.customer || '/' || a.space, a.id) and coalesce(n.until, 'infinity') > now()) then 'it was pinned meanwhile'
         when greatest(c.copied_at, a.used_at) > now() - @grace then 'it was used meanwhile'
       end,
       now(), c.checked_at
from unnest(@id) as d(id)
join asset a on a.id = d.id
join copy c on c.asset_id = d.id
