SELECT body FROM reference WHERE kind = ?1 AND id = ?2;
