SELECT b.direction, b.at, b.name, b.parties, count(DISTINCT e.number), 1
FROM edits e
JOIN batch_edits held ON held.writer = e.writer AND held.seq = e.seq
JOIN bundle_batches carried ON carried.batch = held.batch
JOIN bundles b ON b.number = carried.bundle
WHERE e.subject_id IN (?1, ?2)
GROUP BY b.number
ORDER BY b.at, b.number;
