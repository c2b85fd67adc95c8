update copy set checked_at = now() where asset_id = @id and crc32c = @crc32c and generation = @generation
