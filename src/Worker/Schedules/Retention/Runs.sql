-- Of every schedule the last run stays.
delete from schedule_run where id = any(array(
  select r.id from schedule_run r
  where r.ended_at < @before and exists (select from schedule_run later where later.schedule = r.schedule and later.id > r.id and later.ended_at is not null)
  order by r.id limit @most))
