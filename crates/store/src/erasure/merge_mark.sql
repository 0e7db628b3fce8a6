DELETE FROM merge_marks WHERE household = ?1;
