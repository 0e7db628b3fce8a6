UPDATE writers AS k SET last = greatest(k.last, w.last), refusals = k.refusals OR w.refusals, first_by = coalesce(k.first_by, w.first_by)
FROM unnest($1::uuid[], $2::bigint[], $3::bool[], $4::uuid[]) AS w (writer, last, refusals, first_by) WHERE k.writer = w.writer
