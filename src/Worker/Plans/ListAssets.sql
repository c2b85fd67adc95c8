-- Every asset, or those in states that need no plan (present, absent), by id.
select a.id, asset_state(p, c), c.bytes, p.lane, p.attempts, p.fault, p.reason, p.due_at, p.stage
from asset a
left join copy c on c.asset_id = a.id
left join plan p on p.asset_id = a.id
where a.id > @after and a.id >= @from and (@to::text is null or a.id < @to)
  and (@customer::int is null or a.customer = @customer)
  and (@space::int is null or a.space = @space)
  and (@state::text is null or asset_state(p, c) = @state)
order by a.id
limit @limit
