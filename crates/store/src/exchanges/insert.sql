INSERT INTO exchanges (began_at, sent, confirmed, bytes_up, bytes_down, problem_code, problem_params)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
RETURNING number;
