select asset_state(p, c), a.generation, a.source, a.hits, a.used_at,
       c.path, c.bytes, c.source, c.etag, c.version_id, c.source_modified, c.crc32c, c.copied_at,
       c.format, c.width, c.height, c.tile_width, c.tile_height, c.levels, c.components, c.bit_depth,
       p.goal, p.stage, p.lane, p.attempts, p.fault, p.reason, p.due_at, p.dead_at, w.node, p.reserved, p.created_at,
       h.requested, h.good, h.bad, h.bytes, h.slowest_ms, h.reason, h.warmed_at,
       u.begun_at, case when u.cancelled_at is null then u.done_at end, u.targets::text, u.cancelled_at
from asset a
left join copy c on c.asset_id = a.id
left join plan p on p.asset_id = a.id
left join worker w on w.id = p.worker
left join purge u on u.asset_id = a.id
left join warmth h on h.asset_id = a.id and h.crc32c = c.crc32c
where a.id = @id
