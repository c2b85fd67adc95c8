-- A slice of an action is done.
update plan_action set done = done + @done, kept = kept + @kept, cursor_at = coalesce(@at, cursor_at), cursor_id = coalesce(@asset, cursor_id), ended_at = case when @last then now() end
where id = @id
