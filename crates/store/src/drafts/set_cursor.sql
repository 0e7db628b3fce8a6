INSERT INTO cursors (subject_id, path, at, turn)
VALUES (?1, ?2, ?3, (SELECT coalesce(max(turn), 0) + 1 FROM cursors))
ON CONFLICT (subject_id) DO UPDATE SET path = excluded.path, at = excluded.at, turn = excluded.turn;
