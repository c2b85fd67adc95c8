-- Has caches forget assets (@id), whatever they were told before: all, or those of @only. What is still owed from before stays owed.
-- A plan that has other things to do first comes to it after them. Who was never heard of is left out.
-- With @recopy what has a copy is copied again first: as if its source had changed.
with assets as (
  -- First, in the order that is everywhere the same: asset, plan, purge.
  select id from asset where @recopy and id = any(@id) order by id for update
),
planned as (
  select asset_id from plan where asset_id = any(@id) and (select count(*) from assets) >= 0 order by asset_id for update
),
raised as (
  update asset a set generation = a.generation + 1 from copy c
  where @recopy and a.id = any(@id) and c.asset_id = a.id and not a.deleted and (select count(*) from planned) >= 0
  returning a.id, a.generation
),
known as (
  select a.id, a.customer, coalesce(r.generation, a.generation) as generation, a.source, c.crc32c, c.path, c.source as copied_from, r.id is not null as recopy
  from asset a left join copy c on c.asset_id = a.id left join raised r on r.id = a.id
  where a.id = any(@id) and (select count(*) from planned) >= 0
),
asked as (
  insert into purge as u (asset_id, crc32c, path, sources, chosen, warms, bulk)
  select id, crc32c, path, array_remove(array[copied_from, nullif(source, copied_from)], null), @only, @warms, @bulk from known order by id
  on conflict (asset_id) do update set
    crc32c = excluded.crc32c, path = coalesce(excluded.path, u.path),
    sources = excluded.sources || (select coalesce(array_agg(s), '{}') from unnest(u.sources) s where s <> all(excluded.sources)),
    chosen = case when u.done_at is null then both_choices(u.chosen, excluded.chosen) else excluded.chosen end,
    warms = excluded.warms or u.done_at is null and u.warms,
    bulk = case when u.done_at is not null then excluded.bulk end,
    targets = '{}', round = gen_random_uuid(), begun_at = now(), done_at = null, cancelled_at = null
  returning asset_id
),
cooled as (
  update warmth set warmed_at = null, progress = null where @warms and asset_id = any(array(select asset_id from asked))
),
wanted as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at, recopy)
  select id, customer, case when recopy then 'refreshed' when crc32c is null then 'absent' else 'present' end,
         case when recopy then 'copy' else 'purge' end, @lane, generation, now(), recopy
  from known order by id
  on conflict (asset_id) do update set
    recopy = p.recopy or excluded.recopy,
    goal = case when excluded.recopy then excluded.goal else p.goal end,
    stage = case when p.pool = 0 and not excluded.recopy or p.stage = 'await' then p.stage else excluded.stage end,
    generation = greatest(p.generation, excluded.generation),
    lane = case when p.pool = 0 and not excluded.recopy then p.lane else least(p.lane, excluded.lane) end,
    attempts = case when p.pool = 0 and not excluded.recopy then p.attempts else 0 end,
    due_at = case when p.pool = 0 and not excluded.recopy or p.worker is not null then p.due_at else now() end,
    dead_at = case when p.pool = 0 and not excluded.recopy then p.dead_at end
  returning asset_id, lane, stage, worker
),
counted as (
  insert into bulk_purge_asset (asset_id, bulk) select asset_id, @bulk from asked where @bulk::uuid is not null
  on conflict do nothing
),
told as (
  insert into history (asset_id, what, detail) select asset_id, 'purge asked for', @by from asked
)
select count(*), count(pg_notify('understudy_due', '')),
       count(case when worker is not null then pg_notify('understudy_wanted', lane || ' ' || stage || ' ' || asset_id) end)
from wanted
