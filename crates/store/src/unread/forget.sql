DELETE FROM unread_edits WHERE place = ?1;
