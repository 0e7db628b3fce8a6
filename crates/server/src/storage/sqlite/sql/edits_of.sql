-- Without the hint the order leads through the whole commune.
SELECT batch, place, bytes, device, received_at FROM edits INDEXED BY edits_by_household
WHERE commune = ?1 AND household = ?2
ORDER BY writer, seq
