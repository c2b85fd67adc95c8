-- The next @most plans that an action is for.
select n.asset_id, n.dead_at
from plan_action a
cross join lateral (
  select p.asset_id, p.dead_at from plan p
  where p.dead_at is not null and (p.dead_at, p.asset_id) > (a.cursor_at, a.cursor_id) and p.dead_at <= a.created_at
    and plan_matches(p, a.lane, a.stage, a.fault, a.customer, a.reason)
  order by p.dead_at, p.asset_id limit @most) n
where a.id = @id
order by n.dead_at, n.asset_id
