with retried as (
  update plan set dead_at = null, attempts = 0, due_at = case when worker is null then now() else due_at end
  where asset_id = @id
  returning asset_id
),
told as (
  insert into history (asset_id, what) select asset_id, 'retry asked for' from retried
)
select asset_id, pg_notify('understudy_due', '') from retried
