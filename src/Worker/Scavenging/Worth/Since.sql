-- What was counted from @since on, by days and by customers.
with counted as (
  select day, customer, what, step, n, bytes from worth_day where day >= @since
  union all
  select (at at time zone 'UTC')::date, customer, what, step, n, bytes from worth_news where at >= @since::timestamp at time zone 'UTC'
)
select day, customer, what, step, sum(n)::bigint, sum(bytes)::bigint from counted
group by grouping sets ((day, what, step), (customer, what, step))
