SELECT household, kept FROM merge_marks;
