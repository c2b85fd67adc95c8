-- Plans to copy an asset (@id) again whose source isn't what the copy was made of: as an event would have it. Unless one came meanwhile (@generation), or the copy
-- is being copied or evicted. The asset and its plan are locked.
with raised as (
  update asset a set generation = a.generation + 1
  where a.id = @id and a.generation = @generation and not a.deleted and exists (select from copy c where c.asset_id = a.id)
    and not exists (select from plan p where p.asset_id = a.id and p.pool in (0, 3) and p.dead_at is null)
  returning a.id, a.customer, a.generation
),
planned as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at)
  select id, customer, 'refreshed', 'copy', 4, generation, now() from raised
  on conflict (asset_id) do update set
    goal = excluded.goal, stage = excluded.stage, generation = excluded.generation,
    due_at = case when p.worker is null then now() else p.due_at end,
    attempts = 0, fault = null, reason = null, dead_at = null
  returning asset_id, lane, stage, worker
),
told as (
  insert into history (asset_id, what, detail) select id, 'source changed, found by audit', @detail from raised
)
select count(*), count(pg_notify('understudy_due', '')),
       count(case when worker is not null then pg_notify('understudy_wanted', lane || ' ' || stage || ' ' || asset_id) end)
from planned
