-- By lane and state: how many plans, when the oldest is due, and for how many seconds that has been so. State by state, from what their indexes hold:
-- with a hundred thousand dead plans a tenth of the time.
select lane, state, plans, oldest, extract(epoch from now() - oldest)::float8
from (
  select lane, 'dead' as state, count(*) as plans, min(due_at) as oldest from plan where dead_at is not null group by lane
  union all
  select lane, 'pending', count(*), min(due_at) from plan where worker is null and dead_at is null group by lane
  union all
  select lane, 'running', count(*), min(due_at) from plan where worker is not null and dead_at is null group by lane) counted
order by lane, state
