SELECT village_name, marks, merged_into IS NOT NULL, withdrawn FROM households WHERE commune = ?1 AND household = ?2
