INSERT INTO token_days (token, day, uses) VALUES (?1, ?2, 1)
ON CONFLICT (token, day) DO UPDATE SET uses = token_days.uses + 1
RETURNING uses
