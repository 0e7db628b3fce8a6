SELECT count(*) FROM edits
WHERE commune = ?1
  AND (subject = ?2 OR subject IN (SELECT interview FROM interviews WHERE commune = ?1 AND household = ?2))
