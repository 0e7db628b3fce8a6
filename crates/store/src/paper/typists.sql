SELECT user FROM paper_typists WHERE interview = ?1 ORDER BY user;
