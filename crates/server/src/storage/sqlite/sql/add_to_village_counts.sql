INSERT INTO village_counts (commune, village_name, mark, households) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (commune, village_name, mark) DO UPDATE SET households = households + excluded.households
