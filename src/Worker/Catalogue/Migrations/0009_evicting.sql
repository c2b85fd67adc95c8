-- Evicting: making room in the store (Scavenging/Evicting).

drop index plan_queue;
alter table plan drop column pool;
alter table plan add column pool smallint generated always as (case stage when 'warm' then 1 when 'purge' then 2 when 'evict' then 3 else 0 end) stored;
create index plan_queue on plan (pool, lane, customer, due_at) where worker is null and dead_at is null;
create index plan_evicting on plan (asset_id) where stage = 'evict';

-- Nobody has begun to read an evicted file for a while: it is kept for a shorter time.
alter table retired add column evicted boolean not null default false;

-- What has to stay: an asset, a space, or a customer.
create table pin (
  -- '2', '2/5' or '2/5/foo'.
  scope      text collate "C" primary key,
  until      timestamptz,
  pinned_by  text,
  why        text,
  pinned_at  timestamptz not null default now()
);

-- A copy that is still being warmed, or waits to be evicted, is there all the same.
create or replace function asset_state(p plan, c copy) returns text language sql immutable as $$
  select case
    when p.pool in (1, 3) and c.asset_id is not null then 'present'
    when p.asset_id is not null then plan_state(p)
    when c.asset_id is not null then 'present'
    else 'absent' end
$$;
