-- Stops a bulk warming, whose row is locked: what it wants more than anybody else is dropped, also what is under way; the rest goes on
-- without it. What was given up stays, for it says why.
with its as (
  select p.asset_id, p.pool = 1 and p.lane = 4 as drops from plan p join warming w on w.id = p.warming
  where w.id = @id and w.ended_at is null and p.dead_at is null
  order by p.asset_id for update of p
),
dropped as (
  delete from plan where asset_id = any(array(select asset_id from its where drops))
  returning asset_id, worker
),
let_go as (
  update plan set warming = null where asset_id = any(array(select asset_id from its where not drops))
),
ended as (
  update warming set cancelled_at = now(), ended_at = now(), planned = planned - (select count(*) from its),
    failed = (select count(*) from plan where warming = @id and dead_at is not null)
  where id = @id and ended_at is null
  returning id
)
select (select count(*) from ended), (select count(pg_notify('understudy_wanted', '4 nothing ' || asset_id)) from dropped where worker is not null)
