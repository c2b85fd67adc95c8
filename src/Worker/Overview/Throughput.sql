-- What all workers did, in spans of @step, for as long as @shown.
select s.at, coalesce(sum(t.events), 0)::bigint, coalesce(sum(t.copies), 0)::bigint, coalesce(sum(t.bytes), 0)::bigint, coalesce(sum(t.warm_requests), 0)::bigint,
       coalesce(sum(t.purges), 0)::bigint, coalesce(sum(t.evictions), 0)::bigint, coalesce(sum(t.failures), 0)::bigint
from generate_series(date_bin(@step, now() - @shown, 'epoch'), date_bin(@step, now(), 'epoch'), @step) s(at)
left join throughput t on t.at >= s.at and t.at < s.at + @step
group by s.at
order by s.at
