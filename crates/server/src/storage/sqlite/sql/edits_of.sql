SELECT e.batch, e.place, e.bytes, e.device, e.received_at
FROM household_edits AS h JOIN edits AS e ON e.id = h.edit
WHERE h.commune = ?1 AND h.household = ?2
ORDER BY e.writer, e.seq
