update schedule set cron = null, zone = null, enabled = null, changed_by = @by, changed_at = @now where name = @name
