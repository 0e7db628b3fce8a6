INSERT INTO persons (household, member, is_head, name, folded, birth, citizen_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
