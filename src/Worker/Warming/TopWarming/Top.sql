-- The copies that are used most. Their heat grows with each use and fades with time (Scavenging).
select c.asset_id from copy c join asset a on a.id = c.asset_id
where a.heat is not null and not a.deleted
order by a.heat desc, c.asset_id
limit @top
