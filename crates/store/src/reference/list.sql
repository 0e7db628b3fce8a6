SELECT id, body FROM reference WHERE kind = ?1 ORDER BY id;
