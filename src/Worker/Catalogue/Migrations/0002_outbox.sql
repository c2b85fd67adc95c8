-- What became of assets, waiting to be published. Written in the commit that settles it, deleted when it is out.
-- Rows come and go without being changed, so pages are filled; what is left of them is cleared early, or the head of the queue
-- would be looked for among the dead.
create table outbox (
  id            bigint generated always as identity primary key,
  type          text not null,
  asset_id      text collate "C" not null,
  -- Only passed on: json keeps it as it was written, jsonb would take it apart.
  body          json not null,
  created_at    timestamptz not null default now(),
  attempts      int not null default 0,
  failed_reason text,
  -- When it is tried again; null where it hasn't failed.
  due_at        timestamptz,
  -- Set aside: it is at fault itself, and isn't tried any more.
  dead_at       timestamptz
) with (fillfactor = 100, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);

-- Empty unless something failed, so that it costs a settlement nothing.
create index outbox_held on outbox (asset_id, id) where due_at is not null and dead_at is null;
create index outbox_dead on outbox (dead_at) where dead_at is not null;

-- The next success has to be announced even if it finds nothing to do: the asset's newest announcement isn't true any more.
alter table plan add column announce boolean not null default false;

create function utc_text(at timestamptz) returns text language sql stable as $$
  select to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
