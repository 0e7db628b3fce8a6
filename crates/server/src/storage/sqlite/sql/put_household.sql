INSERT OR REPLACE INTO households (commune, household, head_name, search, code, village_name, members, citizen_id, state,
    class_2022, class_2027, unscored, conflicts, edits, last_received_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
WHERE (SELECT count(*) FROM edits WHERE commune = ?1 AND household = ?2) = ?14
