UPDATE library_number SET number = number + 1 WHERE number = $1
