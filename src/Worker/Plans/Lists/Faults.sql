-- What plans were given up for, and what the newest @newest of each kind say: to look at all reasons would take too long for a page.
select g.stage, g.fault, g.plans, g.oldest, g.newest, r.words, r.plans
from (select stage, fault, count(*) as plans, min(dead_at) as oldest, max(dead_at) as newest from plan where dead_at is not null group by 1, 2) g
left join lateral (
  select reason_words(n.reason) as words, count(*) as plans
  from (select p.reason from plan p where p.dead_at is not null and p.stage = g.stage and p.fault = g.fault order by p.dead_at desc, p.asset_id desc limit @newest) n
  group by 1 order by 2 desc, 1 limit 5) r on true
order by g.plans desc, g.stage, g.fault, r.plans desc, r.words
