SELECT commune, household, code, village_name, marks FROM round_snapshot_lines WHERE number = ?1
ORDER BY commune, household
