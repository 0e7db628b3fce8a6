SELECT
    number, at, author, file, new, updated, unchanged, left_out, first_edit, last_edit, undone_at, undone_by, undone, kept
FROM list_imports
WHERE number = ?1;
