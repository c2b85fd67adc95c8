-- Before a commit that settles several kinds of outcomes, a statement each: locks all their plans in the order of their ids, as
-- the intake does, so that the two can't wait for each other.
select from plan p
where p.asset_id = any(@asset_id) and exists (select from unnest(@asset_id, @attempt) as d(asset_id, attempt) where p.asset_id = d.asset_id and p.attempt = d.attempt)
order by p.asset_id
for update
