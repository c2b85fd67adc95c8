-- Purging: caches that may hold what was made of older bytes (Purging/PurgeStage).

drop index plan_queue;
alter table plan drop column pool;
alter table plan add column pool smallint generated always as (case stage when 'warm' then 1 when 'purge' then 2 else 0 end) stored;
create index plan_queue on plan (pool, lane, customer, due_at) where worker is null and dead_at is null;

-- An asset's last purge, under way or done.
create table purge (
  asset_id   text collate "C" primary key,
  -- The copy that the caches have to serve by its end; null: the asset was deleted.
  crc32c     bigint,
  -- Under which names caches may know the asset.
  path       text,
  sources    text[] not null default '{}',
  -- By target, as Purging/TargetState has it.
  targets    jsonb not null default '{}',
  -- What targets know a repetition by.
  round      uuid not null default gen_random_uuid(),
  begun_at   timestamptz not null default now(),
  done_at    timestamptz
) with (fillfactor = 70);
