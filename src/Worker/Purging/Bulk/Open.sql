-- Bulk purges that aren't over, oldest first. One that waits only for plans that were given up is.
select b.id as "Id", b.planned_at is not null as "AllPlanned", b.chosen as "Only", b.recopy as "Recopies", b.warms as "Warms", b.requested_by as "By", b.why as "Why", o.waiting as "Waiting"
from bulk_purge b
cross join lateral (
  select count(*) as waiting from bulk_purge_asset w left join plan p on p.asset_id = w.asset_id where w.bulk = b.id and p.dead_at is null) o
where b.ended_at is null
order by b.created_at
