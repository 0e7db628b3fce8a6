SELECT commune, subject_id
FROM edits
WHERE number BETWEEN ?1 AND ?2 AND kind = 'household'
GROUP BY subject_id
ORDER BY min(number);
