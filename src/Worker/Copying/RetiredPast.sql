-- Retired files whose readers had their time.
select name from retired where retired_at < now() - @grace order by retired_at limit 10000
