SELECT count(*) FROM edits WHERE custody = 'unsent';
