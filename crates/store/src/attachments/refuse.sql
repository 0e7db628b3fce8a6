UPDATE attachments SET arrived = 0, refusal = ?2 WHERE name = ?1 AND NOT confirmed;
