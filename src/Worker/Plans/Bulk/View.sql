-- Actions, newest first: one (@id), or a page.
select id, what, lane, stage, fault, customer, reason, force, requested_by, total, done, kept, created_at, ended_at
from plan_action
where @id::uuid is null or id = @id
order by created_at desc
limit @limit
