SELECT EXISTS (SELECT 1 FROM households WHERE commune = ?1);
