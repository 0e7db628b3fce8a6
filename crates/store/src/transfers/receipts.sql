SELECT r.batch, r.server_time, r.received_at, count(*)
FROM edits e
JOIN receipts r ON r.batch = e.receipt
WHERE e.subject_id IN (?1, ?2) AND e.custody = 'confirmed'
GROUP BY r.batch
ORDER BY r.received_at, r.server_time;
