SELECT h.id
FROM households h
LEFT JOIN communes c ON c.code = h.commune
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
WHERE h.returned AND h.state = 'started' AND NOT h.hidden
ORDER BY c.sort_key, h.commune, v.sort_key, h.village, h.sort_key, h.id;
