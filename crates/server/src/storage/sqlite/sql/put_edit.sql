INSERT INTO edits (commune, writer, seq, hash, kind, subject, device, batch, received_at, bytes, household, number)
VALUES (
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
    (SELECT coalesce(max(number), 0) + 1 FROM edits WHERE commune = ?1)
)
