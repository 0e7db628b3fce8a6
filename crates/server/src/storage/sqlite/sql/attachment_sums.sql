SELECT
    (SELECT coalesce(sum(size), 0) FROM attachments WHERE device = ?1),
    (SELECT coalesce(sum(size), 0) FROM attachments WHERE commune = ?2)
