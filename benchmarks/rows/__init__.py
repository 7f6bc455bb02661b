"""One row of the table per file."""
