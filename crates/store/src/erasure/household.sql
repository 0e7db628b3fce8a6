DELETE FROM households WHERE id = ?1;
