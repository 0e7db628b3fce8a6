SELECT EXISTS (SELECT 1 FROM merge_marks WHERE kept = ?1)
