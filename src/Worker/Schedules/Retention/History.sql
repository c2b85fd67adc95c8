-- What is old in some blocks of the table.
delete from history where ctid >= format('(%s,0)', @first)::tid and ctid < format('(%s,0)', @end)::tid and at < @before
