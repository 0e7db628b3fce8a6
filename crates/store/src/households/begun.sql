SELECT id FROM households WHERE state <> 'listed' ORDER BY number;
