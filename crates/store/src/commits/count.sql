UPDATE commits SET number = ?1;
