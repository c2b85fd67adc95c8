with gone as (
  delete from worker where id = @id returning id
)
update plan set worker = null, due_at = now() where asset_id = any(array(
  select asset_id from plan where worker in (select id from gone) order by asset_id for update))
