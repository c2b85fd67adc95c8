-- How many wait, for how many seconds the oldest of them has, and how many were set aside.
select count(*) filter (where dead_at is null),
       coalesce(extract(epoch from now() - min(created_at) filter (where dead_at is null)), 0)::float8,
       count(*) filter (where dead_at is not null)
from outbox
