-- Plans to copy an asset (@id) again whose file isn't the copy (@crc32c, @generation): unless that copy isn't the catalogue's any more, or is being copied or
-- evicted, for then the file may rightly be another one. The locks of LockRotten are held.
with rotten as (
  update copy c set checked_at = now() from asset a
  where c.asset_id = @id and c.crc32c = @crc32c and c.generation = @generation and a.id = c.asset_id and not a.deleted
    and not exists (select from plan p where p.asset_id = c.asset_id and p.pool in (0, 3) and p.dead_at is null)
  returning c.asset_id
),
raised as (
  update asset a set generation = a.generation + 1 from rotten r where a.id = r.asset_id
  returning a.id, a.customer, a.generation
),
planned as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at, recopy)
  select id, customer, 'refreshed', 'copy', @lane, generation, now(), true from raised
  on conflict (asset_id) do update set
    goal = excluded.goal, stage = excluded.stage, generation = excluded.generation, recopy = true, lane = least(p.lane, excluded.lane),
    due_at = case when p.worker is null then now() else p.due_at end,
    attempts = 0, fault = null, reason = null, dead_at = null
  returning asset_id, lane, stage, worker
),
told as (
  insert into history (asset_id, what, detail) select asset_id, 'rotten', @detail from rotten
)
select count(*), count(pg_notify('understudy_due', '')),
       count(case when worker is not null then pg_notify('understudy_wanted', lane || ' ' || stage || ' ' || asset_id) end)
from planned
