"""What narrows the board of indicator sets, the bank of measures and the list of annual plans."""
