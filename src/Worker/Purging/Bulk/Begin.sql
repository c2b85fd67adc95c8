-- Asks for a bulk purge: of what is listed in @ids, or of a customer or one of its spaces. A key that was used before asks for nothing new.
with begun as (
  insert into bulk_purge (id, customer, space, is_list, chosen, recopy, warms, requested_by, why, key, request, targets, total)
  select @id, @customer, @space, @ids::text[] is not null, @only, @recopy, @warms, @requested_by, @why, @key, @request, @targets,
    case when @ids::text[] is not null then (select count(distinct id) from unnest(@ids::text[]) id)
    else (select count(*) from asset where id > id_prefix(@customer, @space) and id < id_after(@customer, @space) and not deleted) end
  on conflict (key) do nothing
  returning id
),
listed as (
  insert into bulk_purge_list (bulk, asset_id)
  select distinct begun.id, asset from begun, unnest(@ids::text[]) asset
)
select id, @request from begun
union all
select id, request from bulk_purge where key = @key and not exists (select from begun)
