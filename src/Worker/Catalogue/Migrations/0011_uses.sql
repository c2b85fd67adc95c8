-- Recorded uses, and whether the store is worth it (Scavenging/Uses, Scavenging/Worth).

-- When the asset was used before it was used last: whether a use is the first one of a copy shows where the asset's row is written anyway.
alter table asset add column used_before timestamptz;

-- Made before anybody used it (true), or somebody came before it was ready (false); null: nobody made it (found in the store), or nothing is known.
alter table copy add column ahead boolean;

-- The last copy of an asset that has none any more: how large it was, and when it went.
create table former_copy (
  asset_id  text collate "C" primary key,
  bytes     bigint not null,
  evicted   boolean not null,
  gone_at   timestamptz not null default now()
);

-- Who was used, a row for each commit of the intake; hits is null where each was used once.
create table recorded_use (
  at      timestamptz not null,
  id      bigint generated always as identity,
  assets  text[] not null,
  hits    int[],
  primary key (at, id)
) with (autovacuum_vacuum_insert_scale_factor = 0.2);

-- What happened, counted commit by commit. Only appended to: whoever commits waits for nobody. Worth/Fold.sql adds it up, by days.
create table worth_news (
  at        timestamptz not null default now(),
  customer  int not null,
  -- hit, miss: uses of assets whose copy was there, or wasn't.
  -- early: the first use of a copy that was made ahead; late: a copy that was ready after its first use.
  -- made, again (made, though it was evicted less than a day before), gone, unused (gone, and nobody had used it).
  what      text not null,
  -- Of early, by how much: see Worth/Lead. Of all others 0.
  step      smallint not null default 0,
  n         bigint not null,
  bytes     bigint not null default 0
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 100000);

-- By days in UTC; what is older than the history is kept on one day, '-infinity'.
create table worth_day (
  day       date not null,
  customer  int not null,
  what      text not null,
  step      smallint not null,
  n         bigint not null,
  bytes     bigint not null,
  primary key (day, customer, what, step)
) with (fillfactor = 80);

-- How long before: half-octaves of seconds, -1 below 1 s.
create function lead_step(lead interval) returns smallint language sql immutable parallel safe as $$
  select case when date_part('epoch', lead) < 1 then -1 else floor(2 * ln(date_part('epoch', lead)) / ln(2)) end::smallint
$$;
