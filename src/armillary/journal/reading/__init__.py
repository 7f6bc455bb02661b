"""Reading journals, and whether their owners live."""
