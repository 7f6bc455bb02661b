"""The runs this process owns: their state, what they share, and the ports between them."""
