INSERT INTO round_snapshots (number, round, made_at, households, marks, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
