"""The graph of a run, and its groups."""
