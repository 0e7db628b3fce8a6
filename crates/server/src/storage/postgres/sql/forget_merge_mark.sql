DELETE FROM merge_marks WHERE commune = $1 AND household = $2
