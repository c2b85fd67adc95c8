-- Sums of days that are over become one, that of all former days: totals never fall.
with old as (
  delete from worth_day where day > '-infinity' and day < (@before::timestamptz at time zone 'UTC')::date
  returning *
)
insert into worth_day as d (day, customer, what, step, n, bytes)
select '-infinity', customer, what, step, sum(n), sum(bytes) from old
group by customer, what, step order by customer, what, step
on conflict (day, customer, what, step) do update set n = d.n + excluded.n, bytes = d.bytes + excluded.bytes
