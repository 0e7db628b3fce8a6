INSERT INTO duplicate_pairs (first, second, score, same_commune, first_commune, second_commune, shared)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (first, second) DO UPDATE SET score = excluded.score, same_commune = excluded.same_commune,
    first_commune = excluded.first_commune, second_commune = excluded.second_commune, shared = excluded.shared
