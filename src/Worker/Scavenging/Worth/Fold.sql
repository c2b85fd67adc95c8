-- Adds what was counted up by days, @most rows of it. Any number of workers may: each takes other rows, and all write in one order.
with news as (
  delete from worth_news where ctid = any(array(select ctid from worth_news limit @most for update skip locked))
  returning *
),
folded as (
  insert into worth_day as d (day, customer, what, step, n, bytes)
  select (at at time zone 'UTC')::date, customer, what, step, sum(n), sum(bytes) from news
  group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (day, customer, what, step) do update set n = d.n + excluded.n, bytes = d.bytes + excluded.bytes
)
select count(*) from news
