INSERT INTO duplicate_pairs (first, second, score, same_commune, first_commune, second_commune, shared)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bool[], $5::text[], $6::text[], $7::text[])
ON CONFLICT (first, second) DO UPDATE SET score = excluded.score, same_commune = excluded.same_commune,
    first_commune = excluded.first_commune, second_commune = excluded.second_commune, shared = excluded.shared
