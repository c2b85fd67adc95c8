-- Which copies (@id, in this order) are to stay, and why; null: they may go. Of these, the first that come to @bytes or @files are planned to go,
-- unless this is only a look (@dry). What is pinned stands behind all others from now on. A plan that was given up keeps nothing, unless the evicting itself
-- was: then it would be given up again.
with candidate as (
  select t.turn, c.asset_id, a.customer, a.generation, c.bytes, c.copied_at, a.used_at, c.score,
         case
           when exists (select from pin n where n.scope in (a.customer::text, a.customer || '/' || a.space, a.id) and coalesce(n.until, 'infinity') > now()) then 'pinned'
           when greatest(c.copied_at, a.used_at) > now() - @grace then 'in use'
           when exists (select from plan p where p.asset_id = c.asset_id and (p.dead_at is null or p.pool = 3)) then 'has a plan'
         end as kept
  from unnest(@id) with ordinality t(id, turn)
  join copy c on c.asset_id = t.id
  join asset a on a.id = t.id
),
counted as (
  select *, sum(bytes) filter (where kept is null) over (order by turn) - bytes as before, count(*) filter (where kept is null) over (order by turn) as place
  from candidate
),
chosen as (
  select *, kept is null and (before < @bytes or place <= @files) and place <= @most as goes from counted
),
planned as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at)
  select asset_id, customer, 'absent', 'evict', 4, generation, now() from chosen where goes and not @dry order by asset_id
  on conflict (asset_id) do update set
    goal = excluded.goal, stage = excluded.stage, lane = excluded.lane, generation = excluded.generation, due_at = excluded.due_at,
    attempts = 0, fault = null, reason = null, dead_at = null
    where p.dead_at is not null and p.pool <> 3
  returning asset_id
),
parked as (
  update copy c set score = 'infinity' from chosen h where c.asset_id = h.asset_id and h.kept = 'pinned' and not @dry
),
due as (
  select pg_notify('understudy_due', '') where exists (select from planned)
)
select h.asset_id, h.bytes, h.score, h.copied_at, h.used_at, h.kept, h.goes and (@dry or p.asset_id is not null), (select count(*) from due)
from chosen h left join planned p on p.asset_id = h.asset_id
order by h.turn
