DELETE FROM village_counts WHERE commune = ?1 AND village_name = ?2 AND mark = ?3 AND households = 0
