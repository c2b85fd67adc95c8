-- What of the store is taken, promised, and already on its way out.
select s.copies, s.used, s.reserved, s.retired,
       (select coalesce(sum(bytes), 0)::bigint from retired where evicted) as leaving,
       (select count(*) from plan where stage = 'evict' and dead_at is null) as evictions,
       (select coalesce(sum(c.bytes), 0)::bigint from plan p join copy c on c.asset_id = p.asset_id where p.stage = 'evict' and p.dead_at is null) as evicting,
       (select count(*) from plan where fault = 'noRoom' and dead_at is null) as waiting
from store s
