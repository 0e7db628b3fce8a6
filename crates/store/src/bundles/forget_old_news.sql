DELETE FROM news WHERE hash NOT IN (SELECT hash FROM news ORDER BY made_at DESC, hash LIMIT ?1);
