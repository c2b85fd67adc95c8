-- By lane and state: how many plans, when the oldest is due, and for how many seconds that has been so.
select lane,
       plan_state(plan),
       count(*), min(due_at), extract(epoch from now() - min(due_at))::float8
from plan
group by 1, 2
order by 1, 2
