UPDATE audit_head SET number = ?1, hash = ?2;
