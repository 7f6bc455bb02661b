"""Logs, prints, progress, artifacts and tracebacks of runs."""
