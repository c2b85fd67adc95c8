-- Nobody reads the list of a bulk warming that is over.
delete from warming_list where (warming, asset_id) in (
  select l.warming, l.asset_id from warming w join warming_list l on l.warming = w.id where w.ended_at is not null limit @most)
