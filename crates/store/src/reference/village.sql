SELECT commune, id, name, area FROM villages WHERE commune = ?1 AND id = ?2;
