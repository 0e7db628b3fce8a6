SELECT batch, place, bytes FROM edits WHERE kind IN ('household', 'interview') ORDER BY writer, seq
