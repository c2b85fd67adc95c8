-- Plans that were given up, those of the last hour first.
select p.asset_id, p.goal, p.stage, p.lane, plan_state(p), p.attempts, p.fault, p.reason, p.due_at, p.dead_at, null, p.created_at
from plan p
where p.dead_at is not null and (p.dead_at, p.asset_id) < (coalesce(@at, 'infinity'::timestamptz), @id)
  and plan_matches(p, @lane, @stage, @fault, @customer, @reason)
order by p.dead_at desc, p.asset_id desc
limit @limit
