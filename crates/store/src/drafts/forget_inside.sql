-- Paths inside an instance begin with the instance's and a dot; '/' is the character after '.'.
DELETE FROM draft_answers WHERE subject_id = ?1 AND path >= ?2 || '.' AND path < ?2 || '/';
