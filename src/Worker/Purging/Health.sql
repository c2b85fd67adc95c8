-- What purges that wait say of their targets. A sample: whether a target takes orders shows in any of them.
select t.key, count(*) filter (where t.value->>'step' <> 'clean'), count(*) filter (where (t.value->>'failures')::int > 0 and t.value->>'step' <> 'clean'),
       (array_agg(t.value->>'reason' order by u.begun_at desc) filter (where (t.value->>'failures')::int > 0 and t.value->>'step' <> 'clean'))[1]
from (select asset_id from plan where pool = 2 and worker is null and dead_at is null limit 500) p
join purge u on u.asset_id = p.asset_id
cross join jsonb_each(u.targets) t
group by t.key
