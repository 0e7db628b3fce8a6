SELECT began_at, sent, confirmed, bytes_up, bytes_down, problem_code, problem_params, number
FROM exchanges
ORDER BY number DESC
LIMIT ?1;
