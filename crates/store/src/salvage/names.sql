INSERT OR IGNORE INTO main.attachment_names SELECT * FROM lost.attachment_names;
-- What of a file is here: pieces that could not be read are fetched from the province, or are missing there too.
UPDATE main.attachments SET have = (
    SELECT coalesce(sum(length(p.bytes)), 0) FROM main.attachment_pieces p WHERE p.attachment = number
);
