INSERT INTO interviews (commune, interview, household) VALUES (?1, ?2, ?3)
ON CONFLICT (commune, interview) DO NOTHING
