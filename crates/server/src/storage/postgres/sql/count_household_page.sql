SELECT count(*) FROM households
WHERE commune = $1 AND merged_into IS NULL AND NOT withdrawn
  AND NOT EXISTS (SELECT 1 FROM unnest($2::text[]) AS word WHERE strpos(search, word) = 0)
