SELECT coalesce(max(step), 0) FROM data_request_acts WHERE request = $1
