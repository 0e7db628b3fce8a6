DELETE FROM ownerless_edits WHERE commune = ?1 AND interview = ?2
