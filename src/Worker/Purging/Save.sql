-- How far a purge is, only as long as the attempt holds its plan's lease, and nobody has asked for another one.
update purge u set targets = @targets::jsonb, done_at = case when @done then now() end
where u.asset_id = @asset_id and u.round = @round and exists (select from plan p where p.asset_id = u.asset_id and p.attempt = @attempt and p.worker is not null)
