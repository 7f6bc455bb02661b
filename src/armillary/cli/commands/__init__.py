"""A file for each noun people type."""
