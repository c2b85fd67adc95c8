with gone as (
  delete from retired where name = any(@names) returning bytes
)
update store set retired = retired - (select coalesce(sum(bytes), 0) from gone)
