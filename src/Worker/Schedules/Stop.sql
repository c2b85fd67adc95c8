-- Wants no run, be it under way or only wanted.
update schedule set stop_asked = worker is not null, asked_at = null, asked_manual = false, asked_by = null
where name = @name and (worker is not null or asked_at is not null)
