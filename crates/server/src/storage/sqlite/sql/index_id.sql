INSERT INTO indexed_households (commune, household) VALUES (?1, ?2)
ON CONFLICT (commune, household) DO UPDATE SET household = excluded.household
RETURNING id
