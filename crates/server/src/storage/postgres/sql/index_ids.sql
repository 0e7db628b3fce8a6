INSERT INTO indexed_households (commune, household) SELECT * FROM unnest($1::text[], $2::uuid[])
ON CONFLICT (commune, household) DO UPDATE SET household = excluded.household
RETURNING id, commune, household
