-- Room is free again, so plans that wait for some are tried at once. Not more than a node works on together: what they need isn't
-- known, and each one costs its source a request.
with gone as (
  delete from retired where name = any(@names) returning bytes
),
woken as (
  update plan set due_at = now() where asset_id = any(array(
    select asset_id from plan
    where fault = 'noRoom' and worker is null and dead_at is null and due_at > now() and exists (select from gone)
    order by lane, due_at limit 64
    for update skip locked))
)
update store set retired = retired - (select coalesce(sum(bytes), 0) from gone)
