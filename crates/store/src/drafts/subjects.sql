SELECT commune, kind, subject_id FROM drafts ORDER BY began_at, subject_id;
