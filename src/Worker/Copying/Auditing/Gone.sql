-- Said once of each copy: it may stay without its source for years.
insert into history (asset_id, what, detail)
select c.asset_id, 'source gone, found by audit', @detail from copy c
where c.asset_id = @id
  and not exists (select from history h where h.asset_id = c.asset_id and h.what = 'source gone, found by audit' and h.at > c.copied_at)
