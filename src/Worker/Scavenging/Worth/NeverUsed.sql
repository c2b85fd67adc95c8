-- Copies in the store that nobody has used since they were made.
select a.customer, count(*), sum(c.bytes)::bigint
from copy c join asset a on a.id = c.asset_id
where c.ahead and (a.used_at is null or a.used_at < c.copied_at)
group by a.customer
