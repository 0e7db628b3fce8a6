-- What a receipt said stands only with the receipt; without it the edit is sent again.
INSERT OR IGNORE INTO main.edits
    (writer, seq, hash, commune, kind, subject_id, bytes, recorded_at, custody, receipt, verdict_code, verdict_params)
SELECT
    e.writer, e.seq, e.hash, e.commune, e.kind, e.subject_id, e.bytes, e.recorded_at,
    CASE WHEN e.receipt IS NULL OR r.batch IS NOT NULL THEN e.custody ELSE 'unsent' END,
    r.batch,
    CASE WHEN e.receipt IS NULL OR r.batch IS NOT NULL THEN e.verdict_code END,
    CASE WHEN e.receipt IS NULL OR r.batch IS NOT NULL THEN e.verdict_params END
FROM lost.edits e
LEFT JOIN main.receipts r ON r.batch = e.receipt
WHERE e.number BETWEEN ?1 AND ?2
ORDER BY e.number;
