SELECT entry
FROM audit
WHERE ?1 = '' OR act IN (SELECT value FROM json_each(?1))
ORDER BY number DESC
LIMIT ?2 OFFSET ?3;
