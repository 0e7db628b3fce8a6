DELETE FROM operator_days;
