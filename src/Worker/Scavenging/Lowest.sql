-- The @n lowest scores behind (@after, @after_id), put right on the way: a copy whose asset was used since is worth more than it seemed, and stands behind others
-- that weren't looked at. Which of them are the next to go (is_next), the first one first. Where that isn't all, not even one, ask again: behind the last one that was looked
-- at (the greatest was, asset_id). What is being settled just now is left out.
with lowest as materialized (
  select asset_id, bytes, copied_at, score from copy
  where (score, asset_id) > (@after, @after_id)
  order by score, asset_id limit @n
  for no key update skip locked
),
known as (
  select l.asset_id, l.bytes, l.copied_at, l.score as was, keep_score(a.heat, l.copied_at, l.bytes) as score from lowest l join asset a on a.id = l.asset_id
),
put_right as (
  update copy c set score = k.score from known k where c.asset_id = k.asset_id and k.score > k.was
)
select asset_id, bytes, copied_at, score, was, score <= (select max(score) from lowest) or (select count(*) from lowest) < @n as is_next
from known order by score, asset_id
