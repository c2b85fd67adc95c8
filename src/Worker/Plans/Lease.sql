-- Takes due plans of a pool for a worker: urgent lanes first; within a lane the customers take turns, and one that has plans at work
-- already waits behind one that has none.
-- The planner would take most of the table for due, and read all of it: arrays (it reckons with ten rows each) and a limit beyond
-- any node's slots hold it to the indexes.
-- @free: by lane (0 first), how many may be taken up to and including that lane; never grows with the lane.
with recursive queue as (
  (select lane, customer from plan
   where pool = @pool and worker is null and dead_at is null
   order by lane, customer limit 1)
  union all
  select next.lane, next.customer
  from queue
  cross join lateral (
    select p.lane, p.customer from plan p
    where p.pool = @pool and p.worker is null and p.dead_at is null and (p.lane, p.customer) > (queue.lane, queue.customer)
    order by p.lane, p.customer limit 1) next
),
busy as (
  select lane, customer, count(*) as plans from plan where pool = @pool and worker is not null group by lane, customer
),
candidate as (
  select due.asset_id, queue.lane, due.due_at,
         row_number() over (partition by queue.lane, queue.customer order by due.due_at) + coalesce(busy.plans, 0) as turn
  from queue
  cross join lateral (
    select * from (
      select p.asset_id, p.due_at from plan p
      where p.pool = @pool and p.worker is null and p.dead_at is null
        and p.lane = queue.lane and p.customer = queue.customer and p.due_at <= now()
      order by p.due_at limit 1500) first
    order by due_at
    limit (@free)[queue.lane + 1]) due
  left join busy on busy.lane = queue.lane and busy.customer = queue.customer
),
ranked as (
  select asset_id, lane, row_number() over (order by lane, turn, due_at) as rank from candidate
),
chosen as (
  select array(select asset_id from ranked where rank <= (@free)[lane + 1]) as ids
),
locked as (
  select p.asset_id from plan p
  where p.asset_id = any((select ids from chosen)::text[]) and p.pool = @pool
    -- Both null; said so that the planner can't take the queue's index for it: with no statistics of a queue that has just grown it
    -- would read all of that.
    and coalesce(p.worker::text, p.dead_at::text) is null
  order by p.asset_id
  for update skip locked
),
leased as (
  update plan p set
    worker = @worker,
    attempt = gen_random_uuid(),
    formers = case when p.attempt is null then p.formers else p.formers || p.attempt end
  where p.asset_id = any(array(select asset_id from locked))
  returning p.asset_id, p.stage, p.lane, p.generation, p.attempt, p.formers, p.attempts, p.awaited_since, p.baseline, p.recopy
)
-- One that somebody else has locked at this moment comes back without its attempt.
select l.asset_id, l.stage, l.lane, l.generation, l.attempt, l.formers, l.attempts, a.source,
       c.path, c.bytes, c.source as copy_source, c.etag, c.version_id, c.source_modified, c.crc32c,
       c.format, c.width, c.height, c.tile_width, c.tile_height, c.levels, c.components, c.bit_depth,
       l.awaited_since, l.baseline, l.recopy
from chosen cross join unnest(chosen.ids) as id
left join leased l on l.asset_id = id
left join asset a on a.id = l.asset_id
left join copy c on c.asset_id = l.asset_id
order by l.lane
