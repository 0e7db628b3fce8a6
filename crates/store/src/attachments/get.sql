SELECT number, origin, size, have, arrived, confirmed, refusal FROM attachments WHERE name = ?1;
