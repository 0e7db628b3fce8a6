SELECT first, last FROM unsettled_edits ORDER BY first
