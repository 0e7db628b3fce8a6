SELECT village_name, marks, merged_into IS NULL AND NOT withdrawn FROM households WHERE commune = ?1 AND household = ?2
