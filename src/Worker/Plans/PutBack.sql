-- Gives plans back that aren't done: to be tried again after @delay seconds, or dead. A plan that was raised to a newer
-- generation meanwhile starts afresh at once.
with done as (
  select * from unnest(@asset_id, @attempt, @generation, @stage, @fault, @reason, @delay, @counts, @dead, @keeps, @fenced, @nothing)
  as d(asset_id, attempt, generation, stage, fault, reason, delay, counts, dead, keeps, fenced, nothing)
),
mine as (
  select d.*, p.reserved, p.lane, p.attempts, p.fault as former_fault, p.pool, p.generation > d.generation or p.stage <> d.stage as again
  from done d join plan p on p.asset_id = d.asset_id and p.attempt = d.attempt and p.worker is not null and p.asset_id = any(@asset_id)
  order by d.asset_id
  for update of p
),
back as (
  update plan p set
    worker = null,
    -- Only what works in the store can leave something there that has to be fenced, and only once it has begun to.
    attempt = case when m.pool in (0, 3) and not m.nothing then p.attempt end,
    due_at = case when m.again then now() else now() + make_interval(secs => m.delay) end,
    attempts = case when m.again then 0 when m.counts then p.attempts + 1 else p.attempts end,
    fault = case when m.again then null else coalesce(m.fault, p.fault) end,
    reason = case when m.again then null else coalesce(m.reason, p.reason) end,
    dead_at = case when m.dead and not m.again then now() end,
    announce = p.announce or @publish and m.dead and m.pool = 0 and not m.again,
    reserved = case when m.keeps then p.reserved else 0 end,
    -- One that died may have published what nobody knows of: until the copy is settled, who comes next has to know that there was one.
    formers = case when m.fenced and not m.nothing then '{}' else p.formers end
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id)
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, case when dead then 'given up' when fault = 'noRoom' then 'waits for room' else 'failed' end, reason
  from mine where fault is not null and (counts or fault is distinct from former_fault)
),
announced as (
  -- A copy that can't be warmed is ready all the same.
  insert into outbox (type, asset_id, body)
  select 'AssetFailed', asset_id, json_strip_nulls(json_build_object(
    'type', 'AssetFailed', 'id', asset_id, 'fault', fault, 'reason', reason, 'attempts', attempts + counts::int, 'at', utc_text(now())))
  from mine where @publish and dead and pool = 0 and not again
),
woken as (
  -- As in Copying/ForgetRetired.
  update plan set due_at = now() where asset_id = any(array(
    select asset_id from plan
    where fault = 'noRoom' and worker is null and dead_at is null and due_at > now() and exists (select from mine where not keeps and reserved > 0)
    order by lane, due_at limit 64
    for update skip locked))
),
counted as (
  update store s set reserved = s.reserved - (select sum(reserved) from mine where not keeps)
  where exists (select from mine where not keeps and reserved > 0)
)
select attempt, case when lane = 0 then pg_notify('understudy_settled', asset_id) end from mine
