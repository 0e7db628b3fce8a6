UPDATE attachments SET arrived = ?2, refusal = NULL WHERE name = ?1;
