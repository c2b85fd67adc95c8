-- Ends a run, unless it isn't this worker's any more. One that was cut short (@again) is wanted again at once.
with mine as (
  update schedule s set worker = null, run = null, stop_asked = false, cuts = 0,
    checkpoint = @checkpoint,
    succeeded_at = case when @outcome = 'done' then @now else succeeded_at end,
    asked_at = case when @again then r.due_at end, asked_manual = @again and r.manual, asked_by = case when @again then r.by end
  from schedule_run r
  where s.name = @name and s.run = @run and s.worker = @worker and r.id = s.run
  returning s.name
)
update schedule_run r set ended_at = @now, outcome = @outcome, note = @note, progress = @progress, fraction = @fraction
from mine where r.id = @run
