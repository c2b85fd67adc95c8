-- The next @most assets of a bulk purge. Lateral, so that they are looked up from where it has come to: joined, the index was read from its beginning.
select n.id
from bulk_purge b
cross join lateral (
  (select a.id from asset a
   where not b.is_list and a.id > greatest(b.cursor, id_prefix(b.customer, b.space)) and a.id < id_after(b.customer, b.space) and not a.deleted
   order by a.id limit @most)
  union all
  (select l.asset_id from bulk_purge_list l
   where b.is_list and l.bulk = b.id and l.asset_id > b.cursor
   order by l.asset_id limit @most)) n
where b.id = @id
