SELECT bytes FROM edits WHERE kind IN ('household', 'interview') ORDER BY writer, seq
