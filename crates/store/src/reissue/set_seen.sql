UPDATE drafts SET seen = ?2 WHERE subject_id = ?1;
