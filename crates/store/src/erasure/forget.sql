DELETE FROM erased_edits;
