SELECT seen, began_at FROM drafts WHERE subject_id = ?1;
