-- Settles looks at what a plan waits for: it goes on with stage @next, is done, or (@next null) looks again after @delay seconds.
-- A plan that was raised to a newer generation meanwhile starts where that says.
with looked as (
  select * from unnest(@asset_id, @attempt, @generation, @stage, @next, @reason, @delay, @baseline, @source, @source_at, @done, @what, @detail)
  as d(asset_id, attempt, generation, stage, next, reason, delay, baseline, source, source_at, done, what, detail)
),
mine as (
  select d.*, p.lane, p.reserved, p.goal, p.announce, p.generation > d.generation or p.stage <> d.stage as again
  from looked d join plan p on p.asset_id = d.asset_id and p.attempt = d.attempt and p.worker is not null and p.asset_id = any(@asset_id)
  order by d.asset_id
  for update of p
),
named as (
  update asset a set source = m.source, source_at = m.source_at
  from mine m
  where a.id = m.asset_id and not m.again and m.source_at >= coalesce(a.source_at, '-infinity')
),
finished as (
  delete from plan p using mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and m.done and not m.again
),
on_its_way as (
  update plan p set
    worker = null,
    -- A look leaves nothing in the store. Kept, the tokens of some hundred looks would all have to be fenced by the copy.
    attempt = null,
    stage = case when m.again then p.stage else coalesce(m.next, p.stage) end,
    due_at = case when m.again then now() else now() + make_interval(secs => m.delay) end,
    attempts = 0,
    fault = null,
    reason = case when m.again then null else m.reason end,
    baseline = case when m.again then p.baseline else coalesce(m.baseline, p.baseline) end,
    announce = p.announce and (m.again or m.next is null or m.stage <> 'purge')
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and (m.again or not m.done)
),
announced as (
  -- What was said to have changed is announced when nobody is served what was before.
  insert into outbox (type, asset_id, body)
  select type, c.asset_id, json_strip_nulls(json_build_object(
    'type', type, 'id', c.asset_id, 'path', c.path, 'bytes', c.bytes, 'etag', c.etag, 'source', c.source,
    'checksum', lpad(to_hex(c.crc32c), 8, '0'), 'width', c.width, 'height', c.height, 'at', utc_text(now())))
  from mine m join copy c on c.asset_id = m.asset_id cross join lateral (select case m.goal when 'refreshed' then 'AssetRefreshed' else 'AssetReady' end as type) as t
  where @publish and m.stage = 'purge' and (m.done or m.next is not null) and not m.again and m.announce
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, what, detail from mine where what is not null and not again
),
counted as (
  update store s set reserved = s.reserved - (select sum(reserved) from mine where done and not again)
  where exists (select from mine where done and not again and reserved > 0)
),
due as (
  select pg_notify('understudy_due', '') where exists (select from mine where again or next is not null)
)
select attempt, case when lane = 0 and done then pg_notify('understudy_settled', asset_id) end,
       (select count(*) from due)
from mine
