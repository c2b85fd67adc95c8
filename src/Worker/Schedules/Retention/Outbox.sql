-- Those that were set aside; what is published goes at once.
delete from outbox where id = any(array(select id from outbox where dead_at < @before order by dead_at limit @most))
