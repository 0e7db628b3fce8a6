SELECT subject_id, seen FROM drafts;
