-- Forgets pins that are over. What was pinned has its place among the others again.
with over as (
  delete from pin where until <= now() returning scope
)
update copy c set score = keep_score(a.heat, c.copied_at, c.bytes)
from asset a
where c.score = 'infinity' and a.id = c.asset_id
  and not exists (select from pin n where n.scope in (a.customer::text, a.customer || '/' || a.space, a.id) and n.scope not in (select scope from over))
