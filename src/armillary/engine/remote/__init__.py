"""Bodies in other processes. A worker runs a task's body and tells its owner everything; it records nothing itself."""
