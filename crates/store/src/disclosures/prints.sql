SELECT json_extract(entry, '$.at') FROM audit
WHERE act = 'print' AND json_extract(entry, '$.details.household') = ?1
ORDER BY number;
