"""What a server does by itself, in loops of one skeleton."""
