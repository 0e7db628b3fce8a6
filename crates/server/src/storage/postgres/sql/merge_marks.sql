SELECT commune, household, kept FROM merge_marks
