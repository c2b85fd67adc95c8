-- Sets bytes aside for attempts before they write: urgent lanes first, all or nothing for each; one that doesn't fit is passed over.
-- What the file system has free (@free) is for all that is promised: what is not yet written of it doesn't show there. (What is written of it counts twice
-- for as long as it is being copied: rather too little than too much.)
-- What nobody waits for (lanes from 3) leaves the rest of the budget beyond @bulk to those whom somebody waits for.
-- An attempt that goes on with what a former one left keeps that one's reservation and asks only for what is missing.
with recursive ask as (
  select * from unnest(@asset_id, @attempt, @bytes) with ordinality as a(asset_id, attempt, bytes, turn)
),
mine as (
  select a.asset_id, a.attempt, a.turn, p.lane, a.bytes, greatest(a.bytes - p.reserved, 0) as more
  from ask a join plan p on p.asset_id = a.asset_id and p.attempt = a.attempt and p.asset_id = any(@asset_id)
  order by a.asset_id
  for update of p
),
budget as (
  select used + reserved + retired as taken, used + retired as kept from store for update
),
queue as (
  select m.*, row_number() over (order by m.lane, m.turn) as place from mine m
),
judged as (
  select 0::bigint as place, null::text as asset_id, null::uuid as attempt, 0::bigint as bytes, 0::bigint as more, false as fits, false as crowded, taken from budget
  union all
  select q.place, q.asset_id, q.attempt, q.bytes, q.more, judgement.fits and not judgement.is_full, judgement.fits and judgement.is_full,
         j.taken + case when judgement.fits and not judgement.is_full then q.more else 0 end
  from judged j
  join queue q on q.place = j.place + 1
  cross join budget b
  cross join lateral (
    select @max::bigint is null or q.more = 0 or j.taken + q.more <= case when q.lane >= 3 then @bulk else @max end,
           q.more > 0 and j.taken - b.kept + q.more > @free) as judgement(fits, is_full)
),
granted as (
  update plan p set reserved = greatest(p.reserved, j.bytes)
  from judged j
  where p.asset_id = j.asset_id and p.asset_id = any(@asset_id) and j.fits
  returning j.more
),
counted as (
  update store set reserved = reserved + (select sum(more) from granted)
  where exists (select from granted where more > 0)
)
select attempt, fits, crowded, taken from judged where place > 0
