SELECT number FROM library_number
