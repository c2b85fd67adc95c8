-- Bulk warmings that aren't over. A rate saves up for a second at the most.
select w.id as "Id", w.planned_at is not null as "AllPlanned", count(p.asset_id) as "Waiting",
       case when w.rate is not null then floor(least(greatest(1, w.rate), coalesce(w.saved + w.rate * extract(epoch from now() - w.saved_at), greatest(1, w.rate))))::int end as "Allowed"
from warming w
left join plan p on p.warming = w.id and p.dead_at is null
where w.ended_at is null
group by w.id
order by w.created_at
