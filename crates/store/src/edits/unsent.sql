SELECT bytes FROM edits WHERE custody = 'unsent' ORDER BY number;
