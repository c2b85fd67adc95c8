-- Settles attempts whose copy is in the store. An attempt that isn't the newest of its plan changes nothing; nor does one whose
-- plan isn't leased any more, for it was settled already (and the answer lost), or taken away from a silent worker.
-- A plan that was raised to a newer generation meanwhile keeps the copy and starts again. Else it goes on with purging (@purge), if
-- caches may hold what was made of other bytes, or with warming (@warm), unless this very copy was warmed before and no bulk warming
-- wants it warmed again; or it is done.
with done as (
  select * from unnest(
    @asset_id, @attempt, @generation, @stage, @path, @bytes, @source, @etag, @version_id, @source_modified, @crc32c,
    @format, @width, @height, @tile_width, @tile_height, @levels, @components, @bit_depth, @what)
  as d(asset_id, attempt, generation, stage, path, bytes, source, etag, version_id, source_modified, crc32c,
    format, width, height, tile_width, tile_height, levels, components, bit_depth, what)
),
mine as (
  select d.*, a.heat, a.used_at, p.customer, p.reserved, p.lane, p.goal, p.announce, p.generation > d.generation or p.stage <> d.stage as again, p.created_at,
         -- What it replaced may be another attempt's that died before it could say so: nobody knows what was made of that.
         p.formers <> '{}' and d.what = 'replaced' as suspect,
         @warm and (not exists (select from warmth w where w.asset_id = d.asset_id and w.crc32c = d.crc32c and w.warmed_at is not null)
           or exists (select from warming b where b.id = p.warming and b.ended_at is null)) as cold,
         @purge and (
           exists (select from copy c where c.asset_id = d.asset_id and c.crc32c <> d.crc32c)
           or exists (select from purge u where u.asset_id = d.asset_id and (u.crc32c is distinct from d.crc32c or u.done_at is null))
           or p.formers <> '{}' and d.what = 'replaced'
           -- Nothing is known of its past, and it is said to have changed.
           or p.goal = 'refreshed' and d.what <> 'unchanged' and not exists (select from copy c where c.asset_id = d.asset_id)) as stale
  from done d join plan p on p.asset_id = d.asset_id and p.attempt = d.attempt and p.worker is not null and p.asset_id = any(@asset_id)
  left join asset a on a.id = d.asset_id
  order by d.asset_id
  for update of p
),
old as (
  select c.asset_id, c.bytes, c.etag, c.copied_at, c.ahead from copy c join mine m on m.asset_id = c.asset_id
),
made as (
  -- New bytes, that is: what was there already was made by nobody now. Who used the asset since the plan was made came before its copy.
  select m.asset_id, m.customer, m.bytes, m.what <> 'adopted' as counts, o.asset_id is null and coalesce(m.used_at >= m.created_at, false) as late,
         o.asset_id is null and exists (select from former_copy f where f.asset_id = m.asset_id and f.evicted and f.gone_at > now() - interval '1 day') as again,
         o.bytes as former_bytes, o.ahead is not null as replaces, o.ahead and (m.used_at is null or m.used_at < o.copied_at) as unused
  from mine m left join old o on o.asset_id = m.asset_id
  where m.what <> 'unchanged' and not coalesce(o.etag = m.etag and o.bytes = m.bytes, false)
),
put as (
  insert into copy (asset_id, path, bytes, source, etag, version_id, source_modified, crc32c, generation,
    format, width, height, tile_width, tile_height, levels, components, bit_depth, score, ahead)
  select asset_id, path, bytes, source, etag, version_id, source_modified, crc32c, generation,
    format, width, height, tile_width, tile_height, levels, components, bit_depth, keep_score(heat, now(), bytes),
    (select not d.late from made d where d.asset_id = mine.asset_id and d.counts)
  from mine
  on conflict (asset_id) do update set
    path = excluded.path, bytes = excluded.bytes, source = excluded.source, etag = excluded.etag,
    version_id = excluded.version_id, source_modified = excluded.source_modified, crc32c = excluded.crc32c,
    generation = excluded.generation,
    copied_at = case when copy.etag = excluded.etag and copy.bytes = excluded.bytes then copy.copied_at else excluded.copied_at end,
    score = case when copy.etag = excluded.etag and copy.bytes = excluded.bytes then copy.score else excluded.score end,
    ahead = case when copy.etag = excluded.etag and copy.bytes = excluded.bytes then copy.ahead else excluded.ahead end,
    format = excluded.format, width = excluded.width, height = excluded.height, tile_width = excluded.tile_width,
    tile_height = excluded.tile_height, levels = excluded.levels, components = excluded.components, bit_depth = excluded.bit_depth
),
finished as (
  delete from plan p using mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and not m.again and not m.cold and not m.stale
),
goes_on as (
  -- Whoever waited has what he waited for.
  update plan p set stage = case when m.stale then 'purge' else 'warm' end, lane = greatest(p.lane, 1), worker = null, attempt = null, due_at = now(), reserved = 0, attempts = 0,
    fault = null, reason = null, formers = '{}', awaited_since = null, baseline = null, recopy = false,
    -- What goes to be purged is announced when that is done, also if the plan starts again before and finds these bytes unchanged.
    announce = m.stale and @publish
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and not m.again and (m.cold or m.stale)
),
cooled as (
  update warmth w set warmed_at = null, progress = null from mine m where w.asset_id = m.asset_id and m.stale
),
purging as (
  -- A purge for these very bytes goes on where it is; for others all is owed anew. Also where the plan starts again: what it finds
  -- then may be these bytes, and no reason by itself.
  insert into purge as u (asset_id, crc32c, path, sources)
  select m.asset_id, m.crc32c, m.path, array_remove(array[m.source, c.source], null) from mine m left join copy c on c.asset_id = m.asset_id and c.source <> m.source
  where m.stale
  on conflict (asset_id) do update set
    crc32c = excluded.crc32c, path = excluded.path, sources = excluded.sources || (select coalesce(array_agg(s), '{}') from unnest(u.sources) s where s <> all(excluded.sources)),
    chosen = null, warms = true, bulk = null, cancelled_at = null, targets = '{}', round = gen_random_uuid(), begun_at = now(), done_at = null
    where u.crc32c is distinct from excluded.crc32c or u.done_at is not null or exists (select from mine m where m.asset_id = excluded.asset_id and m.suspect)
),
again as (
  update plan p set worker = null, due_at = now(), reserved = 0, attempts = 0, fault = null, reason = null, formers = '{}',
    announce = p.announce or @publish and m.what <> 'unchanged'
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and m.again
),
put_aside as (
  insert into retired (name, bytes)
  select f.name, f.bytes from unnest(@aside_attempt, @aside_name, @aside_bytes) as f(attempt, name, bytes) join mine m on m.attempt = f.attempt
  on conflict (name) do nothing
  returning bytes
),
told as (
  insert into history (asset_id, what, detail)
  select asset_id, what, format('%s bytes, %s ms after the plan was made', bytes,
    round(extract(epoch from clock_timestamp() - created_at) * 1000)) from mine
),
announced as (
  -- Not while the plan starts again: the next attempt may find another source. That it will find the copy unchanged, if it doesn't, is
  -- no reason to keep silent about it: see plan.announce.
  insert into outbox (type, asset_id, body)
  select type, asset_id, json_strip_nulls(json_build_object(
    'type', type, 'id', asset_id, 'path', path, 'bytes', bytes, 'etag', etag, 'source', source,
    'checksum', lpad(to_hex(crc32c), 8, '0'), 'width', width, 'height', height, 'at', utc_text(now())))
  from mine cross join lateral (select case goal when 'refreshed' then 'AssetRefreshed' else 'AssetReady' end as type) as t
  where @publish and not again and not stale and (goal = 'refreshed' or announce or what <> 'unchanged')
),
back as (
  delete from former_copy f using mine m where f.asset_id = m.asset_id
),
worth as (
  insert into worth_news (customer, what, n, bytes)
  select customer, v.what, count(*), sum(v.bytes)
  from made d cross join lateral (values
    ('made', d.bytes, d.counts), ('late', d.bytes, d.counts and late), ('again', d.bytes, d.counts and again), ('gone', former_bytes, replaces), ('unused', former_bytes, unused)) as v(what, bytes, counts)
  where v.counts
  group by customer, v.what
),
counted as (
  update store s set
    copies = s.copies + (select count(*) from mine) - (select count(*) from old),
    used = s.used + (select coalesce(sum(bytes), 0) from mine) - (select coalesce(sum(bytes), 0) from old),
    reserved = s.reserved - (select coalesce(sum(reserved), 0) from mine),
    retired = s.retired + (select coalesce(sum(bytes), 0) from put_aside)
  where exists (select from mine)
)
select attempt, case when lane = 0 then pg_notify('understudy_settled', asset_id) end, case when cold or stale then pg_notify('understudy_due', '') end from mine
