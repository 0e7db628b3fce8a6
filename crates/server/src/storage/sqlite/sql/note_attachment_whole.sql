UPDATE attachments SET whole = 1 WHERE name = ?1 AND have = size
