SELECT count(*) FROM audit WHERE ?1 = '' OR act IN (SELECT value FROM json_each(?1));
