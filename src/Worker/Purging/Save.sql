-- How far purges are: each only as long as the attempt holds its plan's lease, and nobody has asked for another one.
with step as (
  select * from unnest(@asset_id, @attempt, @round, @targets, @done) as s(asset_id, attempt, round, targets, done)
),
mine as (
  select s.* from step s join purge u on u.asset_id = s.asset_id and u.round = s.round and u.asset_id = any(@asset_id)
  where exists (select from plan p where p.asset_id = s.asset_id and p.attempt = s.attempt and p.worker is not null and p.asset_id = any(@asset_id))
  order by s.asset_id
  for update of u
),
saved as (
  update purge u set targets = m.targets::jsonb, done_at = case when m.done then now() end from mine m where u.asset_id = m.asset_id and u.asset_id = any(@asset_id)
),
counted as (
  delete from bulk_purge_asset b using mine m where b.asset_id = m.asset_id and b.asset_id = any(@asset_id) and m.done
)
select attempt from mine
