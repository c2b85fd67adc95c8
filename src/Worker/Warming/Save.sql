-- What an attempt has come to, while it is under way and at its end; only as long as it holds its plan's lease.
with mine as (
  select asset_id, warming from plan where asset_id = @asset_id and attempt = @attempt and worker is not null
),
saved as (
  insert into warmth as w (asset_id, crc32c, requested, good, bad, bytes, slowest_ms, reason, fingerprint, progress, warmed_at)
  select asset_id, @crc32c, @requested, @good, @bad, @bytes, @slowest_ms, @reason, @fingerprint, @progress::jsonb, case when @done then now() end from mine
  on conflict (asset_id) do update set
    crc32c = excluded.crc32c, requested = excluded.requested, good = excluded.good, bad = excluded.bad, bytes = excluded.bytes,
    slowest_ms = excluded.slowest_ms, reason = excluded.reason, fingerprint = excluded.fingerprint, progress = excluded.progress,
    warmed_at = case when excluded.warmed_at is null and w.crc32c = excluded.crc32c then w.warmed_at else excluded.warmed_at end
)
update warming set good = good + @good_now, bad = bad + @bad_now, bytes = bytes + @bytes_now
where id = (select warming from mine) and ended_at is null and @good_now + @bad_now > 0
