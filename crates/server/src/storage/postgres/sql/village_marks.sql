SELECT village_name, mark, households FROM village_counts WHERE commune = $1 ORDER BY village_name, mark
