"""Appending without a lock, and closing."""
