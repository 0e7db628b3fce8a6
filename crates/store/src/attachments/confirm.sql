UPDATE attachments SET arrived = size, confirmed = 1, refusal = NULL WHERE name = ?1;
