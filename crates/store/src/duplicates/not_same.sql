SELECT first, second FROM not_same;
