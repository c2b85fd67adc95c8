-- Wants one asset's copy warmed, whatever was warmed before. A plan that has other things to do first comes to it at its end.
with forgotten as (
  update warmth set warmed_at = null, progress = null where asset_id = @id
),
wanted as (
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at)
  select a.id, a.customer, 'present', 'warm', 1, a.generation, now() from asset a join copy c on c.asset_id = a.id where a.id = @id
  on conflict (asset_id) do update set
    lane = case when p.pool = 1 then least(p.lane, excluded.lane) else p.lane end,
    attempts = case when p.pool = 1 then 0 else p.attempts end,
    due_at = case when p.pool = 1 and p.worker is null then now() else p.due_at end,
    dead_at = case when p.pool = 1 then null else p.dead_at end
  returning asset_id
),
told as (
  insert into history (asset_id, what) select asset_id, 'warming asked for' from wanted
)
select count(*), count(pg_notify('understudy_due', '')) from wanted
