INSERT INTO second_entries (id, household, user, began_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING;
