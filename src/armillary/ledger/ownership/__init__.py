"""Who may change a run: attempts, commands, changes from outside, settling after a death."""
