DELETE FROM paper_typists WHERE interview = ?1;
