-- Scrubbing: copies are read again, now and then (Scavenging/Scrubbing).

-- When the copy's bytes were last held against its checksum; null: not since it is recorded. A new copy was seen to be right when it was made, so that
-- those of each day don't stand before the old ones.
alter table copy add column checked_at timestamptz;
alter table copy alter column checked_at set default now();
create index copy_checked on copy ((coalesce(checked_at, '-infinity')), asset_id);
