"""What a client offers, a protocol for each noun."""
