SELECT EXISTS (SELECT 1 FROM merge_marks WHERE household = ?1 OR kept = ?1);
