delete from warming where id = any(array(select id from warming where ended_at < @before limit @most))
