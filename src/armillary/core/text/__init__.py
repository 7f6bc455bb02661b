"""Names, and text for terminals and logs."""
