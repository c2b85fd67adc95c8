-- What isn't given stays.
update schedule set cron = coalesce(@cron, cron), zone = coalesce(@zone, zone), enabled = coalesce(@enabled, enabled), changed_by = @by, changed_at = @now
where name = @name
