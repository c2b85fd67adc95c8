-- Of every schedule the run that is under way, and the last one that ended.
select r.schedule, r.id, r.due_at, r.started_at, r.ended_at, r.outcome, r.note, r.node, r.manual, r.by, r.progress, r.fraction
from schedule s
cross join lateral (
  (select * from schedule_run where id = s.run)
  union all
  (select * from schedule_run where schedule = s.name and ended_at is not null order by id desc limit 1)) r
