SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks, h.name_order
FROM (SELECT rowid AS id FROM household_words WHERE household_words MATCH ?1 LIMIT ?2) AS f
JOIN indexed_households AS i ON i.id = f.id
JOIN households AS h ON h.commune = i.commune AND h.household = i.household
WHERE h.merged_into IS NULL AND NOT h.withdrawn
  AND (?3 IS NULL OR h.commune IN (SELECT value FROM json_each(?3)))
  AND (?4 IS NULL OR h.village_name = ?4)
  AND NOT EXISTS (SELECT 1 FROM json_each(?5) AS mark WHERE instr(h.marks, mark.value) = 0)
