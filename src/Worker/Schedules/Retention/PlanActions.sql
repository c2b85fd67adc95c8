delete from plan_action where id = any(array(select id from plan_action where ended_at < @before limit @most))
