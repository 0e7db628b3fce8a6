DELETE FROM library_items WHERE kind = ?1 AND hash = ?2
