delete from recorded_use where ctid = any(array(select ctid from recorded_use where at < @before order by at, id limit @most))
