-- What a bulk purge would be for.
with named as (
  select a.id from asset a
  where @ids::text[] is null and a.id > id_prefix(@customer, @space) and a.id < id_after(@customer, @space) and not a.deleted
  union all
  select a.id from asset a where @ids::text[] is not null and a.id = any(@ids)
)
select count(*), count(c.asset_id), (select count(distinct id) from unnest(@ids::text[]) id),
       (select coalesce(array_agg(id), '{}') from (select id from named order by id limit 10) f)
from named n left join copy c on c.asset_id = n.id
