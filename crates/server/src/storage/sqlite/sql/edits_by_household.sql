SELECT household, edits, merged_into IS NULL AND NOT withdrawn FROM households WHERE commune = ?1 ORDER BY household
