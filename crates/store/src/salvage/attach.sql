ATTACH ?1 AS lost KEY ?2;
