-- Ends a bulk warming of which no plan waits any more. What becomes later of those that were given up is no longer its concern.
update warming set ended_at = now(), failed = (select count(*) from plan where warming = @Id and dead_at is not null)
where id = @Id and ended_at is null
