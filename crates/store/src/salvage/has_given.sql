SELECT count(*) FROM lost.sqlite_schema WHERE name = 'given';
