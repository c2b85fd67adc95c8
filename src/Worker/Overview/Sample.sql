-- How full the store is, once an hour, whichever worker comes first; and what is old goes.
with sampled as (
  insert into store_sample (at, used) select date_trunc('hour', now()), used from store on conflict (at) do nothing
),
old as (
  delete from store_sample where at < now() - interval '30 days'
)
delete from throughput where at < now() - interval '2 hours'
