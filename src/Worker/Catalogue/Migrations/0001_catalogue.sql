-- One row an asset, its copy, and its plan; a plan exists only while something has to happen.
-- Lock order everywhere: asset, plan, copy, store.

create table asset (
  id          text collate "C" primary key,
  customer    int not null,
  space       int not null,
  -- Raised by every event that may change the bytes.
  generation  bigint not null,
  source      text,
  -- Time of the newest event that named a source.
  source_at   timestamptz,
  -- Time of the newest event about the bytes; an older one that comes late changes nothing.
  changed_at  timestamptz,
  deleted     boolean not null default false,
  hits        bigint not null default 0,
  used_at     timestamptz,
  created_at  timestamptz not null default now()
) with (fillfactor = 85);

create index asset_customer on asset (customer, space, id);

create table copy (
  asset_id        text collate "C" primary key,
  path            text collate "C" not null unique,
  bytes           bigint not null,
  source          text not null,
  etag            text,
  version_id      text,
  source_modified timestamptz,
  crc32c          bigint not null,
  -- The asset's generation that this copy answers.
  generation      bigint not null,
  copied_at       timestamptz not null default now(),
  format text, width int, height int, tile_width int, tile_height int, levels int, components int, bit_depth int
);

create table plan (
  asset_id    text collate "C" primary key,
  customer    int not null,
  goal        text not null,
  stage       text not null,
  lane        smallint not null,
  generation  bigint not null,
  due_at      timestamptz not null,
  -- The lease: a plan belongs to a worker for as long as that worker's row lives (see Plans/WorkerRegistry).
  worker      uuid,
  -- The fencing token of the newest attempt; kept after it ends, for what it left can be taken over.
  attempt     uuid,
  -- Attempts that may still be alive somewhere: each new one fences them all before it does anything.
  formers     uuid[] not null default '{}',
  attempts    int not null default 0,
  fault       text,
  reason      text,
  reserved    bigint not null default 0,
  dead_at     timestamptz,
  created_at  timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

create index plan_queue on plan (lane, customer, due_at) where worker is null and dead_at is null;
create index plan_worker on plan (worker) where worker is not null;
create index plan_room on plan (lane, due_at) where fault = 'noRoom';
create index plan_dead on plan (dead_at) where dead_at is not null;

create table worker (
  id          uuid primary key,
  node        text not null,
  process_id  int not null,
  beat        bigint not null default 0,
  running     jsonb not null default '[]',
  started_at  timestamptz not null default now()
);

-- Files that were replaced or removed, kept under their readers until the grace period ends.
create table retired (
  name        text collate "C" primary key,
  bytes       bigint not null,
  retired_at  timestamptz not null default now()
);

-- One row: what the store holds, in bytes.
create table store (
  only_row  boolean primary key default true check (only_row),
  -- Also in the store's reserved folder: see Copying/StoreIdentity.
  id        uuid,
  copies    bigint not null default 0 check (copies >= 0),
  used      bigint not null default 0 check (used >= 0),
  reserved  bigint not null default 0 check (reserved >= 0),
  retired   bigint not null default 0 check (retired >= 0)
) with (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

insert into store default values;

create table history (
  asset_id  text collate "C" not null,
  at        timestamptz not null default clock_timestamp(),
  what      text not null,
  detail    text
);

create index history_asset on history (asset_id, at);
create index history_at on history using brin (at);

-- What an asset's rows come to (Contracts/Views.cs, AssetState).
create function asset_state(p plan, c copy) returns text language sql immutable as $$
  select case
    when p.dead_at is not null then 'dead'
    when p.worker is not null then 'running'
    when p.asset_id is not null then 'pending'
    when c.asset_id is not null then 'present'
    else 'absent' end
$$;
