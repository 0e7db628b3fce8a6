DELETE FROM sessions WHERE used_at < $1
