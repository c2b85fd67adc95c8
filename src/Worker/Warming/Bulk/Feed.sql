-- Makes plans for the next @most assets of a bulk warming. Each step of the cursor and its plans are one commit, so that whoever
-- goes on after a crash leaves none out.
with open as (
  select * from warming where id = @id and planned_at is null and ended_at is null for update
),
next as (
  -- Lateral, as in Purging/Bulk/Next: joined, the index would be read from its beginning for each slice.
  select n.asset_id from open o cross join lateral (
    (select c.asset_id from copy c
     where not o.is_list and c.asset_id > greatest(o.cursor, id_prefix(o.customer, o.space)) and c.asset_id < id_after(o.customer, o.space)
     order by c.asset_id limit @most)
    union all
    (select l.asset_id from warming_list l
     where o.is_list and l.warming = o.id and l.asset_id > o.cursor
     order by l.asset_id limit @most)) n
),
wanted as (
  select a.id, a.customer, a.generation
  from next n
  join asset a on a.id = n.asset_id
  join copy c on c.asset_id = n.asset_id
  where not (select only_cold from open)
     or not exists (select from warmth w where w.asset_id = c.asset_id and w.crc32c = c.crc32c and w.warmed_at is not null and w.progress is null)
),
planned as (
  -- An asset that has a plan already is warmed at its end. One that could not be warmed is tried again.
  insert into plan as p (asset_id, customer, goal, stage, lane, generation, due_at, warming)
  select id, customer, 'present', 'warm', 4, generation, now(), @id from wanted order by id
  on conflict (asset_id) do update set
    warming = excluded.warming,
    due_at = case when p.pool = 1 and p.dead_at is not null then now() else p.due_at end,
    attempts = case when p.pool = 1 and p.dead_at is not null then 0 else p.attempts end,
    dead_at = case when p.pool = 1 then null else p.dead_at end
    where p.warming is null or not exists (select from warming w where w.id = p.warming and w.ended_at is null)
  returning asset_id
),
moved as (
  update warming w set
    cursor = coalesce((select max(asset_id) from next), w.cursor),
    planned = w.planned + (select count(*) from planned),
    skipped = w.skipped + (select count(*) from next) - (select count(*) from planned),
    saved = case when w.rate is not null then least(greatest(1, w.rate), coalesce(w.saved + w.rate * extract(epoch from now() - w.saved_at), greatest(1, w.rate))) - (select count(*) from planned) end,
    saved_at = now(),
    planned_at = case when (select count(*) from next) < @most then now() end
  where id = (select id from open)
)
select count(*), case when count(*) > 0 then pg_notify('understudy_due', '') end from planned
