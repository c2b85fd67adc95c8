-- A page of the copies that the catalogue knows behind @after, up to @last.
select path, asset_id, bytes from copy
where path > @after and path <= @last
order by path
limit @n
