UPDATE clock SET millis = ?1, counter = ?2 WHERE one = 1;
