-- Asks for a bulk warming: of what is listed in @ids, or of a customer or one of its spaces.
-- How many assets it is for is told at once; counting is cheap beside warming.
with begun as (
  insert into warming (customer, space, is_list, only_cold, rate, requested_by, total)
  select @customer, @space, @ids::text[] is not null, @only_cold, @rate, @requested_by,
    case when @ids::text[] is not null then (select count(distinct id) from unnest(@ids::text[]) id)
    else (select count(*) from copy where asset_id > id_prefix(@customer, @space) and asset_id < id_after(@customer, @space)) end
  returning id
),
listed as (
  insert into warming_list (warming, asset_id)
  select distinct begun.id, asset from begun, unnest(@ids::text[]) asset
)
select id from begun
