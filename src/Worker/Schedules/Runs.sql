-- Runs of a schedule, newest first, below @before.
select id, due_at, started_at, ended_at, outcome, note, node, manual, by, progress, fraction
from schedule_run
where schedule = @name and id < @before
order by id desc
limit @limit
