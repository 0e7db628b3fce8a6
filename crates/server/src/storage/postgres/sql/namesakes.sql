SELECT w.household, w.place, p.household
FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS w (household, folded, birth, place)
CROSS JOIN LATERAL (
    SELECT DISTINCT household FROM persons WHERE folded = w.folded AND birth = w.birth AND household <> w.household LIMIT $4
) AS p
