-- Takes the plans of assets that have none, after their rows were locked and until the commit: meanwhile nobody can plan anything for them, so
-- nothing of theirs in the store or in the catalogue changes. Answers what is known of them now.
with held as (
  insert into plan (asset_id, customer, goal, stage, lane, generation, due_at)
  select id, customer, 'present', 'copy', 4, generation, now() from asset where id = any(@asset_id) and not deleted
  order by id
  on conflict (asset_id) do nothing
  returning asset_id
)
select h.asset_id, c.path, c.bytes from held h left join copy c on c.asset_id = h.asset_id
