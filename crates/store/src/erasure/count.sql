SELECT count(DISTINCT subject_id) FROM erased_edits;
