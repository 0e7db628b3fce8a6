-- What was fetched from the province is not ours to bring.
UPDATE attachments SET confirmed = 0, arrived = 0 WHERE confirmed AND origin <> 'wanted';
