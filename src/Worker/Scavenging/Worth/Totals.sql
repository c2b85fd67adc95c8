-- What was ever counted, and of that (of leads) what was from @since on.
with counted as (
  select day, what, step, n, bytes from worth_day
  union all
  select (at at time zone 'UTC')::date, what, step, n, bytes from worth_news
)
select what, step, sum(n)::bigint, sum(bytes)::bigint, coalesce(sum(n) filter (where day >= @since), 0)::bigint from counted
group by what, step
