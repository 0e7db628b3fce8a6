SELECT EXISTS (SELECT 1 FROM unsettled_edits)
