DELETE FROM commune_counts WHERE commune = ?1 AND mark = ?2 AND households = 0
