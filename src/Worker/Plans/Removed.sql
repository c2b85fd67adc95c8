-- Settles attempts whose asset has no file in the store any more.
with done as (
  select * from unnest(@asset_id, @attempt, @generation, @stage, @retired_name, @retired_bytes)
  as d(asset_id, attempt, generation, stage, retired_name, retired_bytes)
),
mine as (
  select d.*, p.reserved, p.lane, p.generation > d.generation or p.stage <> d.stage as again
  from done d join plan p on p.asset_id = d.asset_id and p.attempt = d.attempt and p.worker is not null
  order by d.asset_id
  for update of p
),
dropped as (
  delete from copy c using mine m where c.asset_id = m.asset_id returning c.asset_id, c.path, c.bytes
),
forgotten as (
  delete from warmth w using mine m where w.asset_id = m.asset_id
),
finished as (
  delete from plan p using mine m where p.asset_id = m.asset_id and not m.again
),
again as (
  update plan p set worker = null, due_at = now(), reserved = 0, attempts = 0, fault = null, reason = null, formers = '{}'
  from mine m where p.asset_id = m.asset_id and m.again
),
put_aside as (
  insert into retired (name, bytes)
  select retired_name, retired_bytes from mine where retired_name is not null
  on conflict (name) do nothing
  returning bytes
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, 'removed', format('%s bytes', coalesce(retired_bytes, 0)) from mine
),
announced as (
  -- Also where the plan starts again: the copy is gone, and another may never come.
  insert into outbox (type, asset_id, body)
  select 'AssetEvicted', asset_id, json_build_object(
    'type', 'AssetEvicted', 'id', asset_id, 'path', path, 'bytes', bytes, 'reason', 'deleted', 'at', utc_text(now()))
  from dropped where @publish
),
counted as (
  update store s set
    copies = s.copies - (select count(*) from dropped),
    used = s.used - (select coalesce(sum(bytes), 0) from dropped),
    reserved = s.reserved - (select coalesce(sum(reserved), 0) from mine),
    retired = s.retired + (select coalesce(sum(bytes), 0) from put_aside)
  where exists (select from mine)
)
select attempt, case when lane = 0 then pg_notify('understudy_settled', asset_id) end from mine
