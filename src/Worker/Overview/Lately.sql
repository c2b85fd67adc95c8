-- What all workers did in the span before this one, and in this one.
select date_bin('10 seconds', now(), 'epoch') - interval '10 seconds', coalesce(sum(events), 0)::bigint, coalesce(sum(copies), 0)::bigint, coalesce(sum(bytes), 0)::bigint,
       coalesce(sum(warm_requests), 0)::bigint, coalesce(sum(purges), 0)::bigint, coalesce(sum(evictions), 0)::bigint, coalesce(sum(failures), 0)::bigint
from throughput
where at >= date_bin('10 seconds', now(), 'epoch') - interval '10 seconds'
