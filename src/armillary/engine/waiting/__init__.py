"""Event loops and timers."""
