-- Sets bytes aside for attempts before they write: urgent lanes first, all or nothing for each. An attempt that goes on with
-- what a former one left keeps that one's reservation and asks only for what is missing.
with ask as (
  select * from unnest(@asset_id, @attempt, @bytes) with ordinality as a(asset_id, attempt, bytes, turn)
),
mine as (
  select a.asset_id, a.turn, p.lane, a.bytes, greatest(a.bytes - p.reserved, 0) as more
  from ask a join plan p on p.asset_id = a.asset_id and p.attempt = a.attempt
  order by a.asset_id
  for update of p
),
budget as (
  select used + reserved + retired as taken from store for update
),
ranked as (
  select m.*, sum(m.more) over (order by m.lane, m.turn) as upto from mine m
),
granted as (
  update plan p set reserved = greatest(p.reserved, r.bytes)
  from ranked r, budget b
  where p.asset_id = r.asset_id and (@max::bigint is null or r.more = 0 or b.taken + r.upto <= @max)
  returning r.asset_id, r.more
),
counted as (
  update store set reserved = reserved + (select sum(more) from granted)
  where exists (select from granted where more > 0)
)
select m.asset_id, g.asset_id is not null as granted, b.taken
from mine m cross join budget b left join granted g on g.asset_id = m.asset_id
