INSERT INTO merge_marks (household, kept) VALUES (?1, ?2)
ON CONFLICT (household) DO UPDATE SET kept = excluded.kept WHERE kept <> excluded.kept;
