SELECT refusal, count(*)
FROM attachments
WHERE NOT confirmed AND refusal IS NOT NULL
GROUP BY refusal
ORDER BY refusal;
