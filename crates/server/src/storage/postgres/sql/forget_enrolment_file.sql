DELETE FROM enrolment_files WHERE device = $1
