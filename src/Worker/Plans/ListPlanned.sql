-- Assets in states that come of their plan (pending, running, dead), or whose plan is at a stage, by id: never more rows looked at
-- than there are plans. With @stage, @state is the plan's: a copy that can't be warmed is present all the same.
-- What asset_state says again of running and dead ones is said for the indexes.
select a.id, asset_state(p, c), c.bytes, p.lane, p.attempts, p.fault, p.reason, p.due_at, p.stage
from plan p
join asset a on a.id = p.asset_id
left join copy c on c.asset_id = p.asset_id
where p.asset_id > @after and p.asset_id >= @from and (@to::text is null or p.asset_id < @to)
  and (@space::int is null or a.space = @space)
  and case when @stage::text is null then asset_state(p, c) = @state
      else p.stage = @stage and (@state::text is null or plan_state(p) = @state) end
  and case @state when 'running' then p.worker is not null when 'dead' then p.dead_at is not null else true end
order by p.asset_id
limit @limit
