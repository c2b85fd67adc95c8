update worker set beat = beat + 1, running = @running::jsonb where id = @id
