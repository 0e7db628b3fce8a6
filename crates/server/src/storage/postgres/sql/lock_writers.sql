SELECT writer, last, refusals FROM writers WHERE writer = ANY($1) ORDER BY writer FOR NO KEY UPDATE
