-- How far a run is; nothing where it isn't this worker's any more.
with mine as (
  update schedule set checkpoint = @checkpoint, cuts = case when checkpoint is distinct from @checkpoint then 0 else cuts end
  where name = @name and run = @run and worker = @worker
  returning run
)
update schedule_run r set progress = @progress, fraction = @fraction from mine where r.id = mine.run
