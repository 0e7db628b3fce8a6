SELECT code, name, kind FROM communes ORDER BY sort_key, code;
