-- Ends a bulk purge that waits for nothing any more. What becomes later of those that were given up is no longer its concern.
with failed as (
  delete from bulk_purge_asset where bulk = @id returning asset_id
),
listed as (
  delete from bulk_purge_list where bulk = @id
)
update bulk_purge set ended_at = now(), failed = (select count(*) from failed) where id = @id and ended_at is null
