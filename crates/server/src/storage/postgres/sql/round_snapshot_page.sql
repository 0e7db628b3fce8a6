SELECT l.commune, l.household, l.code, l.village_name, l.marks, h.marks
FROM round_snapshot_lines AS l
LEFT JOIN households AS h
    ON h.commune = l.commune AND h.household = l.household AND h.merged_into IS NULL AND NOT h.withdrawn
WHERE l.number = $1 AND (l.commune, l.household) > ($2, $3) AND (NOT $4::boolean OR h.marks IS NULL OR h.marks <> l.marks)
UNION ALL
SELECT h.commune, h.household, h.code, h.village_name, NULL, h.marks
FROM households AS h
WHERE $4::boolean AND (h.commune, h.household) > ($2, $3) AND h.merged_into IS NULL AND NOT h.withdrawn
  AND NOT EXISTS (SELECT 1 FROM round_snapshot_lines AS l
                  WHERE l.number = $1 AND l.commune = h.commune AND l.household = h.household)
ORDER BY 1, 2
LIMIT $5
