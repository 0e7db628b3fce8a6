INSERT INTO main.settings (key, value) VALUES ('lists_stale', 'true')
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
