-- Runs whose worker is gone: cut short, and wanted again at once. But not if somebody wanted them stopped, nor if they have
-- taken three workers with them without getting any further: then they wait for their next time.
with orphaned as (
  select name, run, not stop_asked and cuts < 2 as again
  from schedule s
  where s.worker is not null and not exists (select from worker w where w.id = s.worker)
  for update skip locked
),
cut as (
  update schedule_run r set ended_at = @now, outcome = 'cutShort', note = 'its worker is gone'
  from orphaned o where r.id = o.run
  returning r.schedule, r.due_at, r.manual, r.by, r.node, o.again
)
update schedule s set worker = null, run = null, stop_asked = false, cuts = s.cuts + 1,
  asked_at = case when cut.again then cut.due_at end, asked_manual = cut.again and cut.manual, asked_by = case when cut.again then cut.by end
from cut
where s.name = cut.schedule
returning s.name, cut.node
