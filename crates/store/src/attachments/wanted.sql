SELECT name, size, have FROM attachments WHERE origin = 'wanted' AND (size = 0 OR have < size) ORDER BY number;
