SELECT bytes, signature FROM news ORDER BY made_at, hash;
