DELETE FROM drafts WHERE subject_id = ?1;
