DELETE FROM persons WHERE household = ?1
