SELECT writer FROM writers;
