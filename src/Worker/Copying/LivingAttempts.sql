-- Of the attempts in @attempts, those that a living plan knows: what they left may still be needed.
select known from plan p cross join lateral unnest(p.formers || p.attempt) as known
where p.dead_at is null and known = any(@attempts)
