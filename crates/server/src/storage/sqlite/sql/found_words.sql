-- All that the words find, and whether it is asked for beside.
SELECT h.commune, h.village_name, h.name_order, h.household,
    h.merged_into IS NULL AND NOT h.withdrawn
    AND (?3 IS NULL OR h.commune IN (SELECT value FROM json_each(?3)))
    AND (?4 IS NULL OR h.village_name = ?4)
    AND instr(h.marks, ?5) > 0 AND instr(h.marks, ?6) > 0 AND instr(h.marks, ?7) > 0 AND instr(h.marks, ?8) > 0
    AND instr(h.marks, ?9) > 0 AND instr(h.marks, ?10) > 0 AND instr(h.marks, ?11) > 0 AND instr(h.marks, ?12) > 0
FROM (SELECT rowid AS id FROM household_words WHERE household_words MATCH ?1 LIMIT ?2) AS f
JOIN indexed_households AS i ON i.id = f.id
JOIN households AS h ON h.commune = i.commune AND h.household = i.household
