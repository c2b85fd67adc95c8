select name, cron, zone, enabled, changed_by, changed_at, next_at, next_by, asked_at, asked_manual, asked_by, worker, run, stop_asked, checkpoint, succeeded_at
from schedule
