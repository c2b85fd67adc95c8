-- How many plans are in a state and match; no more than @most are counted.
select count(*) from (
  select from plan p
  where case @state when 'dead' then p.dead_at is not null when 'running' then p.worker is not null and p.dead_at is null else p.worker is null and p.dead_at is null end
    and plan_matches(p, @lane, @stage, @fault, @customer, @reason)
  limit @most) matching
