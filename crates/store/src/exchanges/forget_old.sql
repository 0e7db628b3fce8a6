DELETE FROM exchanges WHERE number <= (SELECT max(number) FROM exchanges) - ?1;
