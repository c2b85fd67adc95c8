select lane,
       case when dead_at is not null then 'dead' when worker is not null then 'running' else 'pending' end,
       count(*), min(due_at)
from plan
group by 1, 2
order by 1, 2
