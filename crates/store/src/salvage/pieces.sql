INSERT OR IGNORE INTO main.attachment_pieces (attachment, place, bytes)
SELECT m.number, p.place, p.bytes
FROM lost.attachment_pieces p
JOIN lost.attachments l ON l.number = p.attachment
JOIN main.attachments m ON m.name = l.name
WHERE p.rowid BETWEEN ?1 AND ?2;
