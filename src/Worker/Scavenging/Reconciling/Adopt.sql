-- Ends what Hold began: puts down the files of assets that have no copy. Nothing is known of their source, so the next event about
-- it compares them with that.
with put as (
  insert into copy (asset_id, path, bytes, source, crc32c, generation, format, width, height, tile_width, tile_height, levels, components, bit_depth, score)
  select d.id, d.path, d.bytes, '', d.crc32c, a.generation, d.format, d.width, d.height, d.tile_width, d.tile_height, d.levels, d.components, d.bit_depth,
         keep_score(a.heat, now(), d.bytes)
  from unnest(@asset_id, @path, @bytes, @crc32c, @format, @width, @height, @tile_width, @tile_height, @levels, @components, @bit_depth)
    as d(id, path, bytes, crc32c, format, width, height, tile_width, tile_height, levels, components, bit_depth)
  join asset a on a.id = d.id
  order by d.id
  on conflict do nothing
  returning asset_id, bytes
),
released as (
  delete from plan where asset_id = any(@held)
),
told as (
  insert into history (asset_id, what, detail) select asset_id, 'adopted', format('%s bytes, found in the store', bytes) from put
),
counted as (
  update store s set copies = s.copies + (select count(*) from put), used = s.used + (select coalesce(sum(bytes), 0) from put)
  where exists (select from put)
)
select count(*), coalesce(sum(bytes), 0)::bigint from put
