SELECT commune, household, head_name, code, village_name, members, citizen_id, state, class_2022, class_2027, unscored,
    conflicts, edits, last_received_at, merged_into, withdrawn, marks
FROM households INDEXED BY households_rare
WHERE commune = ?1 AND village_name = ?2 AND (name_order, household) > (?3, ?4)
  AND (instr(marks, ' conflict ') > 0 OR instr(marks, ' returned ') > 0 OR instr(marks, ' unscored ') > 0 OR instr(marks, ' doubtful ') > 0
    OR instr(marks, ' stage.complaint ') > 0 OR instr(marks, ' stage.refused ') > 0 OR instr(marks, ' stage.meeting_rejected ') > 0
    OR instr(marks, ' late.') > 0)
  AND merged_into IS NULL AND NOT withdrawn
  AND instr(marks, ?6) > 0 AND instr(marks, ?7) > 0 AND instr(marks, ?8) > 0 AND instr(marks, ?9) > 0
  AND instr(marks, ?10) > 0 AND instr(marks, ?11) > 0 AND instr(marks, ?12) > 0 AND instr(marks, ?13) > 0
ORDER BY name_order, household
LIMIT ?5
