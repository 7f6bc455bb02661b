"""Retention, pruning and maintenance."""
