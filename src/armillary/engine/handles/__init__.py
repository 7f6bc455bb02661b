"""What user code holds of a run: futures, run contexts, and futures inside arguments and return values."""
