SELECT b.device FROM batch_edits e JOIN batches b ON b.hash = e.batch WHERE e.writer = ?1 LIMIT 1;
