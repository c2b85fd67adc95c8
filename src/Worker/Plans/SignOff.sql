with gone as (
  delete from worker where id = @id returning id
)
update plan set worker = null, due_at = now() where worker in (select id from gone)
