INSERT INTO merge_marks (commune, household, kept) VALUES ($1, $2, $3) ON CONFLICT (commune, household) DO UPDATE SET kept = excluded.kept
