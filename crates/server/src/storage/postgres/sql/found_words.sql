-- All that the words find, and whether it is asked for beside.
SELECT h.commune, h.village_name, h.name_order, h.household,
    h.merged_into IS NULL AND NOT h.withdrawn
    AND ($3::text[] IS NULL OR h.commune = ANY($3::text[]))
    AND ($4::text IS NULL OR h.village_name = $4::text)
    AND strpos(h.marks, $5) > 0 AND strpos(h.marks, $6) > 0 AND strpos(h.marks, $7) > 0 AND strpos(h.marks, $8) > 0
    AND strpos(h.marks, $9) > 0 AND strpos(h.marks, $10) > 0 AND strpos(h.marks, $11) > 0 AND strpos(h.marks, $12) > 0
FROM (SELECT household AS id FROM household_words WHERE words @@ ($1::text)::tsquery LIMIT $2) AS f
JOIN indexed_households AS i ON i.id = f.id
JOIN households AS h ON h.commune = i.commune AND h.household = i.household
