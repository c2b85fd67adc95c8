-- Takes a run. Of several workers that try, one gets it: the others find another time in the row, or a worker.
with taken as (
  update schedule s set worker = @worker, run = nextval('schedule_run_id_seq'), next_at = @next_at, asked_at = null, asked_manual = false, asked_by = null, stop_asked = false
  where name = @name and s.worker is null and next_at is not distinct from @was and asked_at is not distinct from @asked_at
    and exists (select from worker w where w.id = @worker)
  returning name, run, checkpoint
),
begun as (
  insert into schedule_run (id, schedule, due_at, manual, by, node, started_at)
  select run, name, @due_at, @manual, @by, @node, @now from taken
)
select run, checkpoint from taken
