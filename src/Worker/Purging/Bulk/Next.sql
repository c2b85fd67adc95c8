-- The next @most assets of a bulk purge.
(select a.id from bulk_purge b join asset a on a.id > greatest(b.cursor, id_prefix(b.customer, b.space)) and a.id < id_after(b.customer, b.space)
 where b.id = @id and not b.is_list and not a.deleted
 order by a.id limit @most)
union all
(select l.asset_id from bulk_purge b join bulk_purge_list l on l.bulk = b.id and l.asset_id > b.cursor
 where b.id = @id and b.is_list
 order by l.asset_id limit @most)
