-- Households with a mark that few bear lie together by themselves, so that a list of them does not go through all others.
CREATE INDEX households_rare ON households (commune, village_name, name_order, household) WHERE (strpos(marks, ' conflict ') > 0 OR strpos(marks, ' returned ') > 0 OR strpos(marks, ' unscored ') > 0 OR strpos(marks, ' doubtful ') > 0
    OR strpos(marks, ' stage.complaint ') > 0 OR strpos(marks, ' stage.refused ') > 0 OR strpos(marks, ' stage.meeting_rejected ') > 0
    OR strpos(marks, ' late.') > 0);
