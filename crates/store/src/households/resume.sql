,
    t.path,
    t.at
FROM cursors t
CROSS JOIN households h ON h.interview = t.subject_id
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
WHERE h.state = 'started' AND NOT h.hidden
ORDER BY t.turn DESC
LIMIT 1;
