-- Plans were made for all up to @cursor; @planned of them, the others were never heard of.
update bulk_purge set cursor = coalesce(@cursor, cursor), planned = planned + @planned, skipped = skipped + @skipped, planned_at = case when @last then now() end where id = @id
