SELECT w.household, w.place, p.household
FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w (household, citizen_id, place)
CROSS JOIN LATERAL (
    SELECT DISTINCT household FROM persons WHERE citizen_id = w.citizen_id AND household <> w.household LIMIT $3
) AS p
