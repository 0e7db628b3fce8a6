SELECT number, commune, household, request, step, act, content, done_by, done_at FROM data_request_acts ORDER BY number
