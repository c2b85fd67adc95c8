-- Assets in states that come of their plan (pending, running, dead), by id: never more rows looked at than there are plans.
select a.id, asset_state(p, c), c.bytes, p.lane, p.attempts, p.fault, p.reason, p.due_at
from plan p
join asset a on a.id = p.asset_id
left join copy c on c.asset_id = p.asset_id
where p.asset_id > @after
  and (@customer::int is null or p.customer = @customer)
  and (@space::int is null or a.space = @space)
  and asset_state(p, c) = @state
order by p.asset_id
limit @limit
