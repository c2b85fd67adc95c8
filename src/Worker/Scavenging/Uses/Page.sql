-- Recorded uses behind (@after, @after_id) up to @until, in the order of time: some thousand. Sizes are those of now, or of the last copy there was. Asked for again
-- behind the last row until there is none.
with page as materialized (
  select *, sum(cardinality(assets)) over (order by at, id) - cardinality(assets) as before
  from (select at, id, assets, hits from recorded_use where (at, id) > (@after, @after_id) and at < @until order by at, id limit 2000) as some_commits
)
select p.at, p.id, u.asset, coalesce(u.hits, 1), coalesce(c.bytes, f.bytes)
from page p
cross join lateral unnest(p.assets, p.hits) with ordinality as u(asset, hits, place)
left join copy c on c.asset_id = u.asset
left join former_copy f on f.asset_id = u.asset and c.asset_id is null
-- What shares a commit stays together, or a part of it would be left out.
where p.before < 10000
order by p.at, p.id, u.place
