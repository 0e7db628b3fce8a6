-- A row that is there is locked: whoever indexes meanwhile must not take it away before this is committed.
INSERT INTO unindexed_households (commune, household, persons)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[]) AS w (commune, household, persons) ORDER BY w.commune, w.household
ON CONFLICT (commune, household) DO UPDATE SET persons = excluded.persons
