-- Retired files whose readers had their time.
select name from retired where retired_at < now() - case when evicted then @evicted else @grace end order by retired_at limit 10000
