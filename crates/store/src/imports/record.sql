INSERT INTO list_imports (at, author, file, new, updated, unchanged, left_out, first_edit, last_edit)
VALUES (:at, :author, :file, :new, :updated, :unchanged, :left_out, :first_edit, :last_edit);
