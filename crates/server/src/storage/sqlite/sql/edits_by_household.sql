SELECT household, edits FROM households WHERE commune = ?1 ORDER BY household
