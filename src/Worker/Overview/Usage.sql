-- What customers hold of the store, or, with @customer, what its spaces do, the largest first; and the sums of all. Quotas are the configuration's.
with part as (
  select customer, null::int as space, sum(copies)::bigint as copies, sum(bytes)::bigint as bytes from usage where @customer::int is null group by customer
  union all
  select customer, space, copies, bytes from usage where customer = @customer
)
select p.customer, p.space, n.name, p.copies, p.bytes,
       exists (select from pin i where i.scope in (p.customer::text, p.customer || '/' || p.space) and coalesce(i.until, 'infinity') > now()),
       sum(p.copies) over ()::bigint, sum(p.bytes) over ()::bigint
from part p left join customer_name n on n.customer = p.customer
where p.copies > 0
order by p.bytes desc, p.customer, p.space
limit @limit
