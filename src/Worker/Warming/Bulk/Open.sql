select w.id as "Id", w.rate as "Rate", w.planned_at is not null as "AllPlanned", count(p.asset_id) as "Waiting"
from warming w
left join plan p on p.warming = w.id and p.dead_at is null
where w.ended_at is null
group by w.id
order by w.created_at
