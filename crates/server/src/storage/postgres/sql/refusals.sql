SELECT writer, seq, hash, device FROM refusals WHERE writer = ANY($1)
