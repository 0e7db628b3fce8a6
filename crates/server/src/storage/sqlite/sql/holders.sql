SELECT r.device, max(e.device = r.device), min(e.number) <= r.held, min(e.number) <= r.offered
FROM device_reach AS r JOIN household_edits AS o ON o.commune = r.commune JOIN edits AS e ON e.id = o.edit
WHERE o.commune = ?1 AND o.household = ?2
GROUP BY r.device
