-- Settles attempts whose asset has no file in the store any more: it was deleted, or evicted (stage evict), of which caches may keep what they made.
with done as (
  select * from unnest(@asset_id, @attempt, @generation, @stage) as d(asset_id, attempt, generation, stage)
),
mine as (
  select d.*, p.customer, p.reserved, p.lane, p.delete_from, p.generation > d.generation or p.stage <> d.stage as again, d.stage = 'evict' as evicted, @purge and d.stage <> 'evict' as purges
  from done d join plan p on p.asset_id = d.asset_id and p.attempt = d.attempt and p.worker is not null and p.asset_id = any(@asset_id)
  order by d.asset_id
  for update of p
),
dropped as (
  delete from copy c using mine m where c.asset_id = m.asset_id returning c.asset_id, c.path, c.bytes, c.source, c.copied_at, c.ahead
),
forgotten as (
  delete from warmth w using mine m where w.asset_id = m.asset_id
),
finished as (
  delete from plan p using mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and not m.again and not m.purges
),
goes_on as (
  update plan p set stage = 'purge', lane = greatest(p.lane, 1), worker = null, attempt = null, due_at = now(), reserved = 0, attempts = 0,
    fault = null, reason = null, formers = '{}'
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and not m.again and m.purges
),
purging as (
  insert into purge as u (asset_id, path, sources, chosen)
  select m.asset_id, d.path, array_remove(array[d.source, a.source], null), m.delete_from
  from mine m join asset a on a.id = m.asset_id left join dropped d on d.asset_id = m.asset_id
  where m.purges
  on conflict (asset_id) do update set
    crc32c = null, path = coalesce(excluded.path, u.path), sources = excluded.sources || (select coalesce(array_agg(s), '{}') from unnest(u.sources) s where s <> all(excluded.sources)),
    chosen = case when u.done_at is null then both_choices(u.chosen, excluded.chosen) else excluded.chosen end,
    warms = true, bulk = null, cancelled_at = null, targets = '{}', round = gen_random_uuid(), begun_at = now(), done_at = null
    where u.crc32c is not null or u.done_at is not null
),
again as (
  update plan p set worker = null, due_at = now(), reserved = 0, attempts = 0, fault = null, reason = null, formers = '{}'
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and m.again
),
aside as (
  select * from unnest(@aside_attempt, @aside_name, @aside_bytes) as f(attempt, name, bytes)
),
put_aside as (
  insert into retired (name, bytes, evicted)
  select f.name, f.bytes, m.evicted from aside f join mine m on m.attempt = f.attempt
  on conflict (name) do nothing
  returning bytes
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, case when evicted then 'evicted' else 'removed' end, format('%s bytes', (select coalesce(sum(f.bytes), 0) from aside f where f.attempt = mine.attempt)) from mine
),
announced as (
  -- Also where the plan starts again: the copy is gone, and another may never come.
  insert into outbox (type, asset_id, body)
  select 'AssetEvicted', asset_id, json_build_object(
    'type', 'AssetEvicted', 'id', asset_id, 'path', path, 'bytes', bytes, 'reason', case when m.evicted then 'evicted' else 'deleted' end, 'at', utc_text(now()))
  from dropped join mine m using (asset_id) where @publish
),
former as (
  insert into former_copy (asset_id, bytes, evicted)
  select d.asset_id, d.bytes, m.evicted from dropped d join mine m using (asset_id)
  on conflict (asset_id) do update set bytes = excluded.bytes, evicted = excluded.evicted, gone_at = excluded.gone_at
),
worth as (
  insert into worth_news (customer, what, n, bytes)
  select m.customer, v.what, count(*), sum(d.bytes)
  from dropped d join mine m using (asset_id) join asset a on a.id = d.asset_id
  cross join lateral (values ('gone', true), ('unused', d.ahead and (a.used_at is null or a.used_at < d.copied_at))) as v(what, counts)
  where d.ahead is not null and v.counts
  group by m.customer, v.what
),
counted as (
  update store s set
    copies = s.copies - (select count(*) from dropped),
    used = s.used - (select coalesce(sum(bytes), 0) from dropped),
    reserved = s.reserved - (select coalesce(sum(reserved), 0) from mine),
    retired = s.retired + (select coalesce(sum(bytes), 0) from put_aside)
  where exists (select from mine)
)
select attempt, case when lane = 0 then pg_notify('understudy_settled', asset_id) end, case when purges or again then pg_notify('understudy_due', '') end from mine
