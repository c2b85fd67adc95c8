-- Bulk purges, newest first: one (@id), or a page.
select b.id, b.customer, b.space, b.is_list, b.chosen, b.recopy, b.warms, b.requested_by, b.why, b.key, b.total, b.planned, b.skipped,
       b.created_at, b.ended_at, b.cancelled_at, o.waiting, case when b.ended_at is null then o.failed else b.failed end, extract(epoch from now() - b.created_at)::float8, b.targets
from bulk_purge b
cross join lateral (
  -- As in Open.
  select count(*) filter (where dead_at is null) as waiting, count(dead_at) as failed
  from (select (select p.dead_at from plan p where p.asset_id = w.asset_id) as dead_at from bulk_purge_asset w where w.bulk = b.id) s) o
where @id::uuid is null or b.id = @id
order by b.created_at desc
limit @limit
