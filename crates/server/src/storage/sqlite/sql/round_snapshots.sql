SELECT number, round, made_at, households, marks, hash FROM round_snapshots ORDER BY number DESC
