-- Which of these assets can't take a file that was found, and why: before it is read.
select d.id, case
    when p.asset_id is not null then 'plan'
    when a.deleted then 'its asset was deleted'
    else 'its asset has a copy at ' || c.path end
from unnest(@id) as d(id)
left join asset a on a.id = d.id
left join plan p on p.asset_id = d.id
left join copy c on c.asset_id = d.id
where p.asset_id is not null or a.deleted or c.asset_id is not null
