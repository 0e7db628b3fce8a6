SELECT coalesce(max(number), 0) FROM data_request_acts
