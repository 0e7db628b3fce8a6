SELECT h.id
FROM households h
WHERE h.id IN (SELECT household FROM merge_marks UNION SELECT kept FROM merge_marks);
