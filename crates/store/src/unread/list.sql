SELECT place, bytes FROM unread_edits ORDER BY place;
