INSERT OR IGNORE INTO main.attachments (name, origin, size, have, arrived, confirmed, refusal, added_at)
SELECT name, origin, size, have, arrived, confirmed, refusal, added_at
FROM lost.attachments
WHERE number BETWEEN ?1 AND ?2
ORDER BY number;
