UPDATE commits SET number = number + 1 RETURNING number;
