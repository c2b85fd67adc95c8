-- How far the targets are with what is under way for a bulk purge.
select t.key, count(*) filter (where t.value->>'step' = 'clean'), count(*) filter (where t.value->>'step' <> 'clean' and (t.value->>'failures')::int > 0),
       count(*) filter (where t.value->>'step' not in ('clean', 'owed')), max(t.value->>'reason') filter (where t.value->>'step' <> 'clean' and (t.value->>'failures')::int > 0)
from bulk_purge_asset w join purge u on u.asset_id = w.asset_id cross join lateral jsonb_each(u.targets) t
where w.bulk = @id
group by t.key
