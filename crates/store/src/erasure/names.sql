DELETE FROM attachment_names WHERE subject_id = ?1;
