-- Gives plans up for good that are dead. Unless @force, those stay without which nobody would know that caches may serve what they should have forgotten:
-- purges that aren't done, and deletions. Forced, such a purge stands as cancelled. Open bulk purges and warmings are locked by now: they count the asset as skipped.
with mine as (
  select p.asset_id, p.goal, p.stage from plan p where p.asset_id = any(@ids) and p.dead_at is not null order by p.asset_id for update
),
judged as (
  select m.asset_id,
         m.goal = 'absent' and m.stage <> 'evict' or exists (select from purge u where u.asset_id = m.asset_id and u.done_at is null) as owes
  from mine m
),
dropped as (
  delete from plan where asset_id = any(array(select asset_id from judged where @force or not owes)) returning asset_id, stage, reason, warming
),
forgiven as (
  update purge set done_at = now(), cancelled_at = now(), bulk = null where done_at is null and asset_id = any(array(select asset_id from dropped))
),
let_go as (
  delete from bulk_purge_asset where asset_id = any(array(select asset_id from dropped)) returning bulk
),
unpurged as (
  update bulk_purge b set planned = b.planned - l.assets, skipped = b.skipped + l.assets
  from (select bulk, count(*) as assets from let_go group by bulk) l where b.id = l.bulk
),
unwarmed as (
  update warming w set planned = w.planned - d.assets, skipped = w.skipped + d.assets
  from (select warming, count(*) as assets from dropped where warming is not null group by warming) d where w.id = d.warming and w.ended_at is null
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, 'plan dropped', concat_ws(', ', 'at stage ' || stage, 'by ' || @by) || coalesce(': ' || reason, '') from dropped
)
select (select count(*) from dropped), (select count(*) from judged where owes and not @force)
