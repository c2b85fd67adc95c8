-- Has all caches forget an asset, whatever they were told before. A plan that has other things to do first comes to it after them.
with asked as (
  insert into purge as u (asset_id, crc32c, path, sources)
  select a.id, c.crc32c, c.path, array_remove(array[c.source, nullif(a.source, c.source)], null)
  from asset a left join copy c on c.asset_id = a.id where a.id = @id
  on conflict (asset_id) do update set
    crc32c = excluded.crc32c, path = coalesce(excluded.path, u.path),
    sources = excluded.sources || (select coalesce(array_agg(s), '{}') from unnest(u.sources) s where s <> all(excluded.sources)),
    targets = '{}', round = gen_random_uuid(), begun_at = now(), done_at = null
  returning asset_id
),
cooled as (
  update warmth set warmed_at = null, progress = null where asset_id in (select asset_id from asked)
),
wanted as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at)
  select a.id, a.customer, case when c.asset_id is null then 'absent' else 'present' end, 'purge', 1, a.generation, now()
  from asked join asset a on a.id = asked.asset_id left join copy c on c.asset_id = a.id
  on conflict (asset_id) do update set
    stage = case when p.pool = 0 then p.stage else 'purge' end,
    lane = case when p.pool = 0 then p.lane else least(p.lane, excluded.lane) end,
    attempts = case when p.pool = 0 then p.attempts else 0 end,
    due_at = case when p.pool = 0 or p.worker is not null then p.due_at else now() end,
    dead_at = case when p.pool = 0 then p.dead_at end
  returning asset_id, lane, stage, worker
),
told as (
  insert into history (asset_id, what, detail) select asset_id, 'purge asked for', @by from asked
)
select count(*), count(pg_notify('understudy_due', '')),
       count(case when worker is not null then pg_notify('understudy_wanted', lane || ' ' || stage || ' ' || asset_id) end)
from wanted
