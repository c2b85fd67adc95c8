-- Before plans that may be part of them, as whoever makes or cancels them does.
select from bulk_purge where ended_at is null order by id for update;
select from warming where ended_at is null order by id for update
