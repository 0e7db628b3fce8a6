-- Nobody takes edits in, or writes projections, until the commit.
LOCK TABLE feeds IN EXCLUSIVE MODE
