SELECT v.commune, v.id, v.name, v.area
FROM villages v
LEFT JOIN communes c ON c.code = v.commune
ORDER BY c.sort_key, v.commune, v.sort_key, v.id;
