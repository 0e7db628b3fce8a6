SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks, h.name_order
FROM (SELECT household AS id FROM household_words WHERE words @@ ($1::text)::tsquery LIMIT $2) AS f
JOIN indexed_households AS i ON i.id = f.id
JOIN households AS h ON h.commune = i.commune AND h.household = i.household
WHERE h.merged_into IS NULL AND NOT h.withdrawn
  AND ($3::text[] IS NULL OR h.commune = ANY($3::text[]))
  AND ($4::text IS NULL OR h.village_name = $4::text)
  AND NOT EXISTS (SELECT 1 FROM unnest($5::text[]) AS mark WHERE strpos(h.marks, mark) = 0)
