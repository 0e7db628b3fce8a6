SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks
FROM households AS h
WHERE commune = $1 AND merged_into IS NULL AND NOT withdrawn
  AND NOT EXISTS (SELECT 1 FROM unnest($2::text[]) AS word WHERE strpos(search, word) = 0)
ORDER BY village_name, search, household
LIMIT $3 OFFSET $4
