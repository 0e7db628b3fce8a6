-- Where it was is not where it is; and what is committed from here on is not what was committed under these numbers before.
DELETE FROM settings WHERE key = 'place';
UPDATE commits SET number = number + 1000000;
