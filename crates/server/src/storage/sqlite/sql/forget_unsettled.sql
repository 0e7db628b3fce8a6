DELETE FROM unsettled_edits WHERE first = ?1
