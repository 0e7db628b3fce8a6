INSERT INTO device_communes (commune, device) VALUES (?1, ?2)
