INSERT INTO household_edits (commune, household, number) SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[])
