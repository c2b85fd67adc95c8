-- Bulk purges that aren't over, oldest first. One that waits only for plans that were given up is.
select b.id as "Id", b.planned_at is not null as "AllPlanned", b.chosen as "Only", b.recopy as "Recopies", b.warms as "Warms", b.requested_by as "By", b.why as "Why", o.waiting as "Waiting"
from bulk_purge b
cross join lateral (
  -- One after the other: as a join, with statistics from before the queue grew, this took 20 s for 10,000.
  select count(*) as waiting from bulk_purge_asset w where w.bulk = b.id and (select p.dead_at from plan p where p.asset_id = w.asset_id) is null) o
where b.ended_at is null
order by b.created_at
