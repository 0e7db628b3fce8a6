INSERT INTO commune_counts (commune, mark, households) VALUES (?1, ?2, ?3)
ON CONFLICT (commune, mark) DO UPDATE SET households = households + excluded.households
