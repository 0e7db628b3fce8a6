INSERT INTO reissued (writer, seq, new_writer, new_seq) VALUES (?1, ?2, ?3, ?4);
