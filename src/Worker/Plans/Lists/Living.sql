-- Plans that wait, or that a worker is at (@running), those that have been due for longest first.
select p.asset_id, p.goal, p.stage, p.lane, plan_state(p), p.attempts, p.fault, p.reason, p.due_at, p.dead_at, w.node, p.created_at
from plan p left join worker w on w.id = p.worker
where case when @running then p.worker is not null else p.worker is null end and p.dead_at is null
  and (p.due_at, p.asset_id) > (coalesce(@at, '-infinity'::timestamptz), @id)
  and plan_matches(p, @lane, @stage, @fault, @customer, @reason)
order by p.due_at, p.asset_id
limit @limit
