SELECT id FROM households WHERE commune = ?1 AND code = ?2 AND NOT hidden ORDER BY number;
