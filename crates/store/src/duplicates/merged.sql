SELECT id, merged_into FROM households WHERE merged_into IS NOT NULL;
