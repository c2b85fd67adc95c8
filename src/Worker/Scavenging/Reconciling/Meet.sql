-- Assets of files that were found; of those seen for the first time, the files' times tell of one use. Locks them all, in the order of
-- their ids: a row that is there already is written again as it is.
insert into asset (id, customer, space, generation, used_at, heat)
select id, customer, space, 1, used_at, case when used_at is not null then heat_after(null, used_at, 1) end
from unnest(@asset_id, @customer, @space, @used_at) as d(id, customer, space, used_at)
order by id collate "C"
on conflict (id) do update set hits = asset.hits
