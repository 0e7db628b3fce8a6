SELECT bytes, device, received_at FROM edits
WHERE commune = ?1 AND household = ?2
ORDER BY writer, seq
