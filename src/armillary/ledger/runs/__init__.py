"""Flow runs and task runs, and what belongs to them."""
