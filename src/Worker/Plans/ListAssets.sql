-- Every asset, or those in states that need no plan (present, absent), by id; of no more than @looks. First their ids, in order, from the index alone, and
-- then one by one what there is of each: the planner has no idea how many are in a state, and would join and sort all there are.
select a.id, s.state, s.bytes, s.lane, s.attempts, s.fault, s.reason, s.due_at, s.stage
from (
  select id from asset
  where id > @after and id >= @from and (@to::text is null or id < @to)
    and (@space::int is null or space = @space)
  order by id
  limit @looks) a
cross join lateral (
  select asset_state(p, c) as state, c.bytes, p.lane, p.attempts, p.fault, p.reason, p.due_at, p.stage
  from (select) one left join copy c on c.asset_id = a.id left join plan p on p.asset_id = a.id
  offset 0) s
where @state::text is null or s.state = @state
order by a.id
limit @limit
