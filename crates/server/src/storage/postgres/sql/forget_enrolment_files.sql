DELETE FROM enrolment_files WHERE device = ANY($1)
