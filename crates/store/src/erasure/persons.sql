DELETE FROM persons WHERE household = (SELECT number FROM households WHERE id = ?1);
