-- Purges under way, what their attempts have to know of them.
select d.id, u.path, u.sources, u.targets::text, u.round, u.begun_at, clock_timestamp(), u.chosen, u.warms, a.deleted, n.name
from unnest(@id) as d(id)
join purge u on u.asset_id = d.id and u.done_at is null and u.asset_id = any(@id)
join asset a on a.id = d.id and a.id = any(@id)
left join customer_name n on n.customer = a.customer
