INSERT INTO round_snapshot_lines (number, commune, household, code, village_name, marks)
SELECT ?1, commune, household, code, village_name, marks FROM households WHERE merged_into IS NULL AND NOT withdrawn
