-- Files of choices and look-up tables beside a form, as a JSON object: name to text.
ALTER TABLE instruments ADD COLUMN files TEXT NOT NULL DEFAULT '{}';
