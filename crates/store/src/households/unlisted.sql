SELECT e.commune, e.subject_id
FROM edits e
WHERE e.kind = 'household' AND NOT EXISTS (SELECT 1 FROM households h WHERE h.id = e.subject_id)
GROUP BY e.commune, e.subject_id
ORDER BY min(e.number);
