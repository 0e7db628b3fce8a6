UPDATE households SET merged_into = ?3 WHERE commune = ?1 AND household = ?2 AND merged_into IS NOT ?3
