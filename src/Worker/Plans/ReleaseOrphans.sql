-- Plans that were leased in the very moment in which their worker was declared dead.
update plan set worker = null, due_at = now() where asset_id = any(array(
  select asset_id from plan where worker is not null and not exists (select from worker w where w.id = plan.worker) order by asset_id for update))
