SELECT max(r.received_at), e.verdict_code, max(e.verdict_params), count(*)
FROM edits e
JOIN receipts r ON r.batch = e.receipt
WHERE e.subject_id IN (?1, ?2) AND e.custody = 'refused'
GROUP BY e.verdict_code
ORDER BY 1;
