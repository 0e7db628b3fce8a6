SELECT commune, id FROM households ORDER BY number;
