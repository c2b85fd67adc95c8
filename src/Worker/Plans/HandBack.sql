update plan set worker = null, due_at = now() where attempt = @attempt and worker is not null
