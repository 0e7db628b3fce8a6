SELECT
    v.commune,
    v.id,
    v.name,
    v.area,
    count(h.number),
    count(h.number) FILTER (WHERE h.state = 'started'),
    count(h.number) FILTER (WHERE h.state = 'signed')
FROM villages v
LEFT JOIN communes c ON c.code = v.commune
LEFT JOIN households h ON h.commune = v.commune AND h.village = v.id AND NOT h.hidden
GROUP BY v.commune, v.id
ORDER BY c.sort_key, v.commune, v.sort_key, v.id;
