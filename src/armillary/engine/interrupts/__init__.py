"""Interrupting user code, and only user code; what a forked child inherits."""
