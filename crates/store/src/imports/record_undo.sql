UPDATE list_imports SET
    undone_at = :at,
    undone_by = :author,
    undone = :households,
    kept = :kept,
    undo_first = :first_edit,
    undo_last = :last_edit
WHERE number = :number;
