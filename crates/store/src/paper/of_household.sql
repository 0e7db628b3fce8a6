SELECT id FROM second_entries WHERE household = ?1 ORDER BY began_at, id;
