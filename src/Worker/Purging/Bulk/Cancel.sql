-- Stops a bulk purge, whose row is locked: purges that nobody else wants are dropped, also those under way; the rest goes on without it.
with its as (
  select p.asset_id, p.pool = 2 and p.lane = 4 as plain
  from bulk_purge_asset w join bulk_purge b on b.id = w.bulk join plan p on p.asset_id = w.asset_id
  where w.bulk = @id and b.ended_at is null
  order by p.asset_id for update of p
),
dropped as (
  update purge u set done_at = now(), cancelled_at = now(), bulk = null
  where u.bulk = @id and u.done_at is null and (select count(*) from its) >= 0
  returning asset_id
),
unplanned as (
  delete from plan where asset_id = any(array(select asset_id from its where plain)) and asset_id = any(array(select asset_id from dropped))
  returning asset_id, worker
),
forgotten as (
  delete from bulk_purge_asset where bulk = @id and (select count(*) from its) >= 0 returning asset_id
),
listed as (
  delete from bulk_purge_list where bulk = @id and exists (select from bulk_purge where id = @id and ended_at is null)
),
ended as (
  update bulk_purge set cancelled_at = now(), ended_at = now(), planned = planned - (select count(*) from forgotten)
  where id = @id and ended_at is null
  returning id
)
select (select count(*) from ended), (select count(pg_notify('understudy_wanted', '4 nothing ' || asset_id)) from unplanned where worker is not null)
