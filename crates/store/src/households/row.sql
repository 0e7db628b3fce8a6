FROM households h
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
