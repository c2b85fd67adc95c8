-- Frees what stands as leased to a worker that isn't at it: the answer to its lease was lost, or its outcome could not be written.
update plan set worker = null, due_at = now() where asset_id = any(array(
  select asset_id from plan where worker = @worker and attempt <> all(@running) order by asset_id for update))
