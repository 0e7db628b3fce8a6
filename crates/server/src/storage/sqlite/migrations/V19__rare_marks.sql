-- Households with a mark that few bear lie together by themselves, so that a list of them does not go through all others.
CREATE INDEX households_rare ON households (commune, village_name, name_order) WHERE (instr(marks, ' conflict ') > 0 OR instr(marks, ' returned ') > 0 OR instr(marks, ' unscored ') > 0 OR instr(marks, ' doubtful ') > 0
    OR instr(marks, ' stage.complaint ') > 0 OR instr(marks, ' stage.refused ') > 0 OR instr(marks, ' stage.meeting_rejected ') > 0
    OR instr(marks, ' late.') > 0);
