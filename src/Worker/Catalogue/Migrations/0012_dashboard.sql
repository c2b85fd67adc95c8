-- What operators look at: lists of plans, usage, throughput (Plans/Lists, Overview).

-- Whether a plan is one of those that somebody looks for; what is null doesn't matter.
create function plan_matches(p plan, of_lane int, at_stage text, with_fault text, of_customer int, with_reason text) returns boolean language sql immutable as $$
  select (of_lane is null or p.lane = of_lane)
    and (at_stage is null or p.stage = at_stage)
    and (with_fault is null or p.fault = with_fault)
    and (of_customer is null or p.customer = of_customer)
    and (with_reason is null or starts_with(p.reason, with_reason))
$$;

-- The plain words that a reason begins with: what follows differs from asset to asset.
create function reason_words(reason text) returns text language sql immutable as $$
  select substring(reason from '^(?:[[:alpha:]'',-]+ ){0,8}')
$$;

-- In the order of their pages. Only what dies is written to these.
drop index plan_dead;
create index plan_dead on plan (dead_at, asset_id) where dead_at is not null;
create index plan_dead_kind on plan (stage, fault, dead_at, asset_id) where dead_at is not null;
create index plan_dead_lane on plan (lane, due_at) where dead_at is not null;
create index plan_due on plan (due_at, asset_id) where worker is null and dead_at is null;
create index plan_dead_customer on plan (customer, dead_at, asset_id) where dead_at is not null;

-- Dead plans that somebody wants tried again, or dropped, many at a time (Plans/Bulk). A slice at a time, from the cursor on, so that they hold up
-- nothing, and whoever goes on after a crash goes on from there. The record stays for a while.
create table plan_action (
  id           uuid primary key default gen_random_uuid(),
  -- 'retry' or 'drop'.
  what         text not null,
  lane         int,
  stage        text,
  fault        text,
  customer     int,
  reason       text,
  force        boolean not null,
  requested_by text,
  -- Plans that it was for when it was asked for.
  total        bigint not null,
  done         bigint not null default 0,
  -- Not dropped, as caches may still serve what they should have forgotten.
  kept         bigint not null default 0,
  cursor_at    timestamptz not null default '-infinity',
  cursor_id    text collate "C" not null default '',
  -- Plans that died later are no concern of it.
  created_at   timestamptz not null default now(),
  ended_at     timestamptz
) with (fillfactor = 50);

create index plan_action_open on plan_action (created_at) where ended_at is null;
create index plan_action_newest on plan_action (created_at desc);

-- What customers and spaces hold of the store, counted as copies come and go: the sum of a million rows takes too long for a page. Whoever changes copies
-- holds the row of the store by then, so two can't wait for each other here.
create table usage (
  customer int not null,
  space    int not null,
  copies   bigint not null,
  bytes    bigint not null,
  primary key (customer, space)
) with (fillfactor = 50);

insert into usage
select split_part(asset_id, '/', 1)::int, split_part(asset_id, '/', 2)::int, count(*), sum(bytes) from copy group by 1, 2;

create function count_usage() returns trigger language plpgsql as $$
begin
  insert into usage as u (customer, space, copies, bytes)
  select split_part(asset_id, '/', 1)::int, split_part(asset_id, '/', 2)::int,
         count(*) * case tg_op when 'INSERT' then 1 else -1 end, sum(bytes) * case tg_op when 'INSERT' then 1 else -1 end
  from changed group by 1, 2 order by 1, 2
  on conflict (customer, space) do update set copies = u.copies + excluded.copies, bytes = u.bytes + excluded.bytes;
  return null;
end $$;

create function recount_usage() returns trigger language plpgsql as $$
begin
  update usage u set bytes = u.bytes + d.more
  from (
    select split_part(n.asset_id, '/', 1)::int as customer, split_part(n.asset_id, '/', 2)::int as space, sum(n.bytes - o.bytes) as more
    from changed n join former o on o.asset_id = n.asset_id where n.bytes <> o.bytes group by 1, 2) d
  where u.customer = d.customer and u.space = d.space;
  return null;
end $$;

create trigger count_new after insert on copy referencing new table as changed for each statement execute function count_usage();
create trigger count_gone after delete on copy referencing old table as changed for each statement execute function count_usage();
create trigger count_replaced after update on copy referencing new table as changed old table as former for each statement execute function recount_usage();

create index copy_bytes on copy (bytes, asset_id);

-- What the workers did in spans of ten seconds (Overview/Throughput).
create table throughput (
  at            timestamptz not null,
  worker        uuid not null,
  events        bigint not null,
  copies        bigint not null,
  bytes         bigint not null,
  warm_requests bigint not null,
  purges        bigint not null,
  evictions     bigint not null,
  failures      bigint not null,
  primary key (at, worker)
) with (fillfactor = 70);

-- How full the store was, once an hour.
create table store_sample (
  at   timestamptz primary key,
  used bigint not null
);
