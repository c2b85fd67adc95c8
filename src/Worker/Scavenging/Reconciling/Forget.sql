-- Ends what Hold began: forgets the copies whose files are gone (@lost). The plans of those that are wanted stay, as do those of copies whose
-- files have another length (@differing): their next attempt copies them again.
with dropped as (
  delete from copy where asset_id = any(@lost) returning asset_id, path, bytes, copied_at, ahead
),
gone as (
  select d.*, a.customer, d.ahead and (a.used_at is null or a.used_at < d.copied_at) as unused, coalesce(a.used_at > now() - @wanted, false)
      or exists (select from pin n where n.scope in (a.customer::text, a.customer || '/' || a.space, a.id) and coalesce(n.until, 'infinity') > now()) as again
  from dropped d join asset a on a.id = d.asset_id
),
forgotten as (
  delete from warmth where asset_id = any(@lost)
),
released as (
  delete from plan where asset_id = any(@held) and asset_id <> all(@differing)
    and asset_id not in (select asset_id from gone where again)
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, 'lost', format('%s bytes; its file is gone%s', bytes, case when again then ', planned again' end) from gone
  union all
  select id, 'differs', 'its file has another length; planned again' from unnest(@differing) as id
),
announced as (
  insert into outbox (type, asset_id, body)
  select 'AssetEvicted', asset_id, json_build_object(
    'type', 'AssetEvicted', 'id', asset_id, 'path', path, 'bytes', bytes, 'reason', 'lost', 'at', utc_text(now()))
  from gone where @publish
),
former as (
  insert into former_copy (asset_id, bytes, evicted) select asset_id, bytes, false from dropped
  on conflict (asset_id) do update set bytes = excluded.bytes, evicted = excluded.evicted, gone_at = excluded.gone_at
),
worth as (
  insert into worth_news (customer, what, n, bytes)
  select customer, v.what, count(*), sum(bytes) from gone cross join lateral (values ('gone', true), ('unused', unused)) as v(what, counts)
  where ahead is not null and v.counts
  group by customer, v.what
),
counted as (
  update store s set copies = s.copies - (select count(*) from dropped), used = s.used - (select coalesce(sum(bytes), 0) from dropped)
  where exists (select from dropped)
),
due as (
  select pg_notify('understudy_due', '') where cardinality(@differing) > 0 or exists (select from gone where again)
)
select count(*), count(*) filter (where again), (select count(*) from due) from gone
