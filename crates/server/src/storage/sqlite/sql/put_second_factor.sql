INSERT INTO second_factors (user, secret, last_step) VALUES (?1, ?2, 0)
ON CONFLICT (user) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE second_factors.confirmed_at IS NULL
