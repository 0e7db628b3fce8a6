DELETE FROM persons WHERE household = ANY($1)
