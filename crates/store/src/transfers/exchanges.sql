SELECT n.began_at, n.sent, n.confirmed, n.bytes_up, n.bytes_down, n.problem_code, n.problem_params, count(*)
FROM edits e
JOIN exchange_edits x ON x.writer = e.writer AND x.seq = e.seq
JOIN exchanges n ON n.number = x.exchange
WHERE e.subject_id IN (?1, ?2)
GROUP BY n.number
ORDER BY n.number;
