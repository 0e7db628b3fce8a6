SELECT
    (SELECT coalesce(sum(size), 0)::bigint FROM attachments WHERE device = $1),
    (SELECT coalesce(sum(size), 0)::bigint FROM attachments WHERE commune = $2)
