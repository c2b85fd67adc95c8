-- Purges of many assets, and of chosen targets (Purging/Bulk).

alter table plan
  -- The source is read again, whatever is known of the copy.
  add column recopy boolean not null default false,
  -- Which targets a deletion is for; null: all.
  add column delete_from text[];

alter table purge
  -- Which targets it is for, in the words of Purging/TargetChoice; null: all.
  add column chosen text[],
  -- Whether the image servers fill their caches again when it is done.
  add column warms boolean not null default true,
  -- The bulk purge without which nobody would purge this; cancelled, it takes this along.
  add column bulk uuid,
  -- Then done_at says only that nothing is under way any more.
  add column cancelled_at timestamptz;

-- Bulk purges, also as a record of who asked for what, and why. Their plans are made a slice at a time, so that a million of them hold up
-- nothing and a cancelled one leaves little behind.
create table bulk_purge (
  id           uuid primary key default gen_random_uuid(),
  customer     int,
  space        int,
  is_list      boolean not null,
  chosen         text[],
  recopy       boolean not null,
  warms        boolean not null,
  requested_by text,
  why          text,
  -- The same key asks for the same purge; and what of the request it stands for.
  key          text unique,
  request      text not null,
  -- The targets' names when it was asked for.
  targets      text[] not null,
  -- Assets to be done when it was asked for.
  total        bigint not null,
  -- The asset up to which plans were made.
  cursor       text collate "C" not null default '',
  planned      bigint not null default 0,
  -- Never heard of.
  skipped      bigint not null default 0,
  -- Assets that couldn't be copied again, and weren't purged, by the time it ended.
  failed       bigint not null default 0,
  created_at   timestamptz not null default now(),
  -- All plans are made.
  planned_at   timestamptz,
  ended_at     timestamptz,
  cancelled_at timestamptz
);

create index bulk_purge_open on bulk_purge (created_at) where ended_at is null;
create index bulk_purge_newest on bulk_purge (created_at desc);

create table bulk_purge_list (
  bulk     uuid not null references bulk_purge on delete cascade,
  asset_id text collate "C" not null,
  primary key (bulk, asset_id)
);

-- Whose purge is under way for which bulk purges.
create table bulk_purge_asset (
  asset_id text collate "C" not null,
  bulk     uuid not null references bulk_purge on delete cascade,
  primary key (asset_id, bulk)
);

create index bulk_purge_asset_of on bulk_purge_asset (bulk);

-- The names that stand for customers' numbers in public URLs.
create table customer_name (
  customer int primary key,
  name     text not null
);

-- Both choices of targets in one; null is all of them.
create function both_choices(one text[], other text[]) returns text[] language sql immutable as $$
  select case when one is null or other is null then null else (select array_agg(distinct t order by t) from unnest(one || other) t) end
$$;
