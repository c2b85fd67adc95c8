update outbox o set
  attempts = o.attempts + 1,
  failed_reason = f.reason,
  -- Not now(): the transaction is as old as the round.
  due_at = case when not f.dead then clock_timestamp() + make_interval(secs => f.delay) end,
  dead_at = case when f.dead then clock_timestamp() end
from unnest(@id, @reason, @delay, @dead) as f(id, reason, delay, dead)
where o.id = f.id
