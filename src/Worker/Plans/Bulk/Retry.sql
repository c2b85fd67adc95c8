-- Tries dead plans again at once (Plans/Retry does one, also one that lives).
with mine as (
  select p.asset_id from plan p where p.asset_id = any(@ids) and p.dead_at is not null order by p.asset_id for update
),
retried as (
  update plan set dead_at = null, attempts = 0, due_at = now() where asset_id = any(array(select asset_id from mine)) returning asset_id
),
told as (
  insert into history (asset_id, what, detail) select asset_id, 'retry asked for', 'with others' || coalesce(', by ' || @by, '') from retried
)
select count(*), 0::bigint, (select count(pg_notify('understudy_due', '')) where exists (select from retried)) from retried
