SELECT count(*) FROM lost.sqlite_schema;
