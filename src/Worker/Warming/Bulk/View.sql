-- Bulk warmings, newest first: one (@id), or a page.
select w.id, w.customer, w.space, w.is_list, w.only_cold, w.rate, w.requested_by, w.total, w.planned, w.skipped, w.good, w.bad, w.bytes,
       w.created_at, w.ended_at, w.cancelled_at,
       case when w.ended_at is null then p.waiting else 0 end, case when w.ended_at is null then p.failed else w.failed end, extract(epoch from now() - w.created_at)::float8
from warming w
cross join lateral (
  select count(*) filter (where dead_at is null) as waiting, count(*) filter (where dead_at is not null) as failed from plan where warming = w.id) p
where @id::uuid is null or w.id = @id
order by w.created_at desc
limit @limit
