"""Other orchestrators, each in a virtual environment of its own. A peer's program is ``NAME.py import|one-task|sequential|concurrent``."""
