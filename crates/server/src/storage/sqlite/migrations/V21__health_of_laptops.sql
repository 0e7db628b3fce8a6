-- What a laptop said of itself last, as JSON; NULL where its program does not say.
ALTER TABLE devices ADD COLUMN health TEXT;
