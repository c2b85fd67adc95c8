-- Brings wishes into the catalogue, one row an asset. Answers with what stands there afterwards.
-- An event about the bytes counts only if it isn't older than the newest one known (@at), or names the source and no newer one did (@source_at).
-- Of the same time, one that only announces a change (@announced) is the older: hence the comparisons by (changed_at, not announced).
with wish as (
  select * from unnest(@id, @customer, @space, @source, @source_at, @at, @goal, @announced, @stage, @delete_from, @lane, @hits, @force)
  as w(id, customer, space, source, source_at, at, goal, announced, stage, delete_from, lane, hits, force)
),
known as (
  insert into asset as a (id, customer, space, generation, source, source_at, changed_at, announced, deleted, hits, used_at, heat)
  select id, customer, space, 1, source, source_at, at, announced, coalesce(goal = 'absent', false), hits, case when hits > 0 then now() end, case when hits > 0 then heat_after(null, now(), hits) end
  from wish order by id
  on conflict (id) do update set
    generation = a.generation + coalesce(
      (excluded.changed_at, not excluded.announced) >= (coalesce(a.changed_at, '-infinity'), not a.announced) or excluded.source_at >= coalesce(a.source_at, '-infinity'), false)::int,
    source = case when excluded.source_at >= coalesce(a.source_at, '-infinity') then excluded.source else a.source end,
    source_at = greatest(a.source_at, excluded.source_at),
    announced = case when (excluded.changed_at, not excluded.announced) >= (coalesce(a.changed_at, '-infinity'), not a.announced) then excluded.announced else a.announced end,
    deleted = case when (excluded.changed_at, not excluded.announced) >= (coalesce(a.changed_at, '-infinity'), not a.announced) then excluded.deleted else a.deleted end,
    changed_at = greatest(a.changed_at, excluded.changed_at),
    hits = a.hits + excluded.hits,
    used_at = greatest(a.used_at, excluded.used_at),
    used_before = case when excluded.hits > 0 then a.used_at else a.used_before end,
    -- The copy's score stays as it is: in an index, it would make each hit dear. See Scavenging/Lowest.sql.
    heat = case when excluded.hits > 0 then heat_after(a.heat, now(), excluded.hits) else a.heat end
  returning a.id, a.generation, a.changed_at, a.announced, a.source_at, a.deleted, a.used_before
),
judged as (
  select w.*, k.generation, k.deleted, coalesce(w.at = k.changed_at and w.announced = k.announced, false) as newest, coalesce(w.source_at = k.source_at, false) as names_source,
         k.announced as awaited, c.asset_id is not null as there,
         c.ahead and (k.used_before is null or k.used_before < c.copied_at) as first_use, c.copied_at
  from wish w join known k on k.id = w.id
  left join copy c on c.asset_id = w.id
),
want as (
  select j.*,
         -- A source that is named late: whatever was read before is suspect, as after any change of it.
         case when newest then j.goal when names_source and p.pool = 0 then p.goal when names_source then 'refreshed' else 'present' end as to_goal,
         case when newest then j.stage when awaited and p.stage = 'await' then 'await' else 'copy' end as to_stage,
         case when newest and awaited then j.at when awaited and p.stage = 'await' then p.awaited_since end as awaited_since
  from judged j
  left join plan p on p.asset_id = j.id
  where newest
     -- A copy that is being warmed is there: who uses it needs nothing of the plan.
     or not deleted and (names_source or hits > 0 and (force or not there or p.pool in (0, 3)))
),
planned as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at, awaited_since, delete_from)
  select id, customer, to_goal, to_stage, lane, generation, now(), awaited_since, case when newest then string_to_array(delete_from, ',') end from want order by id
  on conflict (asset_id) do update set
    -- Newer than what the plan is about, or it was about to warm a copy that is in doubt now: the plan begins anew.
    goal = case when (excluded.generation > p.generation or p.pool <> 0) then excluded.goal else p.goal end,
    stage = case when (excluded.generation > p.generation or p.pool <> 0) then excluded.stage else p.stage end,
    delete_from = case when (excluded.generation > p.generation or p.pool <> 0) then excluded.delete_from else p.delete_from end,
    awaited_since = case when (excluded.generation > p.generation or p.pool <> 0) then excluded.awaited_since else p.awaited_since end,
    -- What was seen since an announcement stays true if that comes twice.
    baseline = case when (excluded.generation > p.generation or p.pool <> 0) and excluded.awaited_since is distinct from p.awaited_since then null else p.baseline end,
    lane = least(p.lane, excluded.lane),
    -- What is new, more urgent, or wanted after a rest is tried at once; what waits for a retry keeps its turn.
    due_at = case
      when p.worker is not null then p.due_at
      when (excluded.generation > p.generation or p.pool <> 0) or excluded.lane < p.lane then now()
      when p.dead_at <= now() - @dead_for then now()
      else p.due_at end,
    attempts = case when (excluded.generation > p.generation or p.pool <> 0) or p.dead_at <= now() - @dead_for then 0 else p.attempts end,
    -- Whoever is more urgent and comes to a plan that waits for room isn't sent away with what was said to those before.
    fault = case when (excluded.generation > p.generation or p.pool <> 0) or p.fault = 'noRoom' and excluded.lane < p.lane then null else p.fault end,
    reason = case when (excluded.generation > p.generation or p.pool <> 0) or p.fault = 'noRoom' and excluded.lane < p.lane then null else p.reason end,
    dead_at = case when (excluded.generation > p.generation or p.pool <> 0) or p.dead_at <= now() - @dead_for then null else p.dead_at end,
    generation = greatest(p.generation, excluded.generation)
  returning p.asset_id, p.lane, p.stage, p.worker, p.dead_at
),
told as (
  insert into history (asset_id, what, detail)
  select id, case when announced and newest then 'ingest announced' when goal = 'absent' then 'deletion asked for' when goal = 'refreshed' then 'source changed' else 'ingested' end, source
  from want where newest or names_source
),
recorded as (
  insert into recorded_use (at, assets, hits)
  select now(), array_agg(id), case when max(hits) > 1 then array_agg(hits) end from wish where hits > 0 and @record having count(*) > 0
),
counted as (
  insert into worth_news (customer, what, step, n)
  select customer, case when there then 'hit' else 'miss' end, 0, sum(hits) from judged where hits > 0 group by customer, there
  union all
  select customer, 'early', lead_step(now() - copied_at), count(*) from judged where hits > 0 and first_use group by 1, 3
)
select asset_id, lane, worker is null and dead_at is null as due,
       case when worker is not null then pg_notify('understudy_wanted', lane || ' ' || stage || ' ' || asset_id) end,
       case when row_number() over () = 1 then pg_notify('understudy_due', '') end
from planned
