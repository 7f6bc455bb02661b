"""Events, and frames on disk."""
