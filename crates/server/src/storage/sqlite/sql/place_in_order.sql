SELECT name_order, village_name FROM households WHERE commune = ?1 AND household = ?2
