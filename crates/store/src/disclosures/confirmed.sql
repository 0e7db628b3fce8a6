SELECT r.server_time, count(*)
FROM edits e
JOIN receipts r ON r.batch = e.receipt
WHERE e.subject_id IN (?1, ?2)
GROUP BY r.server_time
ORDER BY r.server_time;
