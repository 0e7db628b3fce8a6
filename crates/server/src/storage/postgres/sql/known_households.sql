SELECT DISTINCT h.household FROM unnest($1::uuid[]) AS w (household) CROSS JOIN feeds AS f
JOIN households AS h ON h.commune = f.commune AND h.household = w.household
