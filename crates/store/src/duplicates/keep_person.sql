INSERT INTO persons (household, member, is_head, name, birth, citizen_id)
VALUES (:household, :member, :is_head, :name, :birth, :citizen_id);
