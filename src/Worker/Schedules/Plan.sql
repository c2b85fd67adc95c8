-- Only if it is still as it was looked at: several workers look.
update schedule set next_at = @next_at, next_by = @next_by
where name = @name and worker is null and next_by is not distinct from @was
