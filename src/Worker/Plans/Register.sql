-- A node that starts again is certainly not running any more as its former self: the data directory is locked.
with former as (
  delete from worker where node = @node returning id
),
freed as (
  update plan set worker = null, due_at = now() where asset_id = any(array(
    select asset_id from plan where worker in (select id from former) order by asset_id for update))
)
insert into worker (id, node, process_id) values (@id, @node, @process_id)
