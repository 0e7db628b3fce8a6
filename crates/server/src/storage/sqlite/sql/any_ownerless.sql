SELECT EXISTS (SELECT 1 FROM ownerless_edits)
