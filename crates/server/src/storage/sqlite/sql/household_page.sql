SELECT commune, household, head_name, code, village_name, members, citizen_id, state, class_2022, class_2027, unscored,
    conflicts, edits, last_received_at, merged_into, withdrawn, marks
FROM households
WHERE commune = ?1 AND merged_into IS NULL AND NOT withdrawn
  AND NOT EXISTS (SELECT 1 FROM json_each(?2) AS word WHERE instr(households.search, word.value) = 0)
ORDER BY village_name, search, household
LIMIT ?3 OFFSET ?4
