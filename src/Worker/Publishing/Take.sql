-- What is to be published next, in the order in which it was settled (of one asset; a plan's lock is held when its row is numbered).
-- What waits for another try holds back all that came after it of the same asset.
select o.id, o.type, o.asset_id as asset, o.body::text as json, o.attempts
from outbox o
where o.dead_at is null
  and not exists (
    select from outbox held
    where held.asset_id = o.asset_id and held.id <= o.id and held.due_at > now() and held.dead_at is null)
order by o.id
limit 100
