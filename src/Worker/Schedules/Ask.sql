-- Wants a run at once; nothing where one is under way or wanted already.
update schedule set asked_at = @now, asked_manual = true, asked_by = @by where name = @name and worker is null and asked_at is null
