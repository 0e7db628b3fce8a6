INSERT INTO household_bits (term, block, bits) VALUES (?1, ?2, ?3)
ON CONFLICT (term, block) DO UPDATE SET bits = excluded.bits;
