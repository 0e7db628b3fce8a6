INSERT INTO duplicate_pairs (first, second, score, same_commune, shared) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (first, second) DO UPDATE SET score = excluded.score, same_commune = excluded.same_commune, shared = excluded.shared
