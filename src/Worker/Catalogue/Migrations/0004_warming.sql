-- Warming: filling the image servers' caches (Warming/WarmStage).

alter table plan
  -- Which slots its attempts take: those at image servers have their own, so that a slow server holds up no copy (Plans/Pool).
  add column pool smallint generated always as (case stage when 'warm' then 1 else 0 end) stored,
  -- The bulk warming that asked for it.
  add column warming uuid;

drop index plan_queue;
create index plan_queue on plan (pool, lane, customer, due_at) where worker is null and dead_at is null;
create index plan_warming on plan (warming) where warming is not null;

-- What an asset's warming came to, also while it is under way.
create table warmth (
  asset_id    text collate "C" primary key,
  -- The copy that was warmed: what is known of another one's bytes counts no more.
  crc32c      bigint not null,
  requested   int not null default 0,
  good        int not null default 0,
  bad         int not null default 0,
  bytes       bigint not null default 0,
  slowest_ms  int not null default 0,
  -- The first bad answer, or what it waits for.
  reason      text,
  -- By node, which requests of the plan were answered well; null when all were. Means something only for the same plan.
  fingerprint text,
  progress    jsonb,
  warmed_at   timestamptz
) with (fillfactor = 70);

-- Bulk warmings. Their plans are made a slice at a time, so that a million of them hold up nothing and a cancelled one leaves little behind.
create table warming (
  id           uuid primary key default gen_random_uuid(),
  customer     int,
  space        int,
  is_list      boolean not null,
  only_cold    boolean not null,
  -- Assets a second; null: as fast as the servers let it.
  rate         float8,
  requested_by text,
  -- Assets to be done when it was asked for.
  total        bigint not null,
  -- The asset, or the list's line, up to which plans were made.
  cursor       text collate "C" not null default '',
  planned      bigint not null default 0,
  -- Without a copy, or planned by another bulk warming.
  skipped      bigint not null default 0,
  good         bigint not null default 0,
  bad          bigint not null default 0,
  bytes        bigint not null default 0,
  -- Assets that were given up by the time it ended; until then their plans are counted.
  failed       bigint not null default 0,
  -- What the rate let through and wasn't used by saved_at; null: nothing was planned yet. Here, as any node may plan next.
  saved        float8,
  saved_at     timestamptz not null default now(),
  created_at   timestamptz not null default now(),
  -- All plans are made.
  planned_at   timestamptz,
  ended_at     timestamptz,
  cancelled_at timestamptz
);

create index warming_open on warming (created_at) where ended_at is null;

create table warming_list (
  warming  uuid not null references warming on delete cascade,
  asset_id text collate "C" not null,
  primary key (warming, asset_id)
);

create function plan_state(p plan) returns text language sql immutable as $$
  select case when p.dead_at is not null then 'dead' when p.worker is not null then 'running' else 'pending' end
$$;

-- A copy that is still being warmed is there all the same.
create or replace function asset_state(p plan, c copy) returns text language sql immutable as $$
  select case
    when p.pool = 1 and c.asset_id is not null then 'present'
    when p.asset_id is not null then plan_state(p)
    when c.asset_id is not null then 'present'
    else 'absent' end
$$;

-- All ids of a customer, or of one of its spaces, lie between these two.
create function id_prefix(customer int, space int) returns text language sql immutable as $$
  select customer || '/' || coalesce(space || '/', '')
$$;

create function id_after(customer int, space int) returns text language sql immutable as $$
  select left(id_prefix(customer, space), -1) || '0'
$$;
