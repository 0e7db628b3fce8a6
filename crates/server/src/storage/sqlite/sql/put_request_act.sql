INSERT INTO data_request_acts (number, commune, household, request, step, act, content, done_by, done_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
