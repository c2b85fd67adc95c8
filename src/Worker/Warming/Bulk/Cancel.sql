-- Stops a bulk warming: what it wants more than anybody else is dropped, also what is under way.
with dropped as (
  delete from plan where asset_id in (
    select p.asset_id from plan p join warming w on w.id = p.warming
    where w.id = @id and w.ended_at is null and p.pool = 1 and p.lane = 4
    order by p.asset_id for update of p)
  returning asset_id, worker
),
ended as (
  update warming set cancelled_at = now(), ended_at = now(), planned = planned - (select count(*) from dropped)
  where id = @id and ended_at is null
  returning id
)
select (select count(*) from ended), (select count(pg_notify('understudy_wanted', '4 nothing ' || asset_id)) from dropped where worker is not null)
