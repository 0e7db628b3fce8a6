SELECT number, kind, key, content, said_by, said_at FROM directives AS d
WHERE number = (SELECT max(number) FROM directives WHERE kind = d.kind AND key = d.key) ORDER BY kind, key
