"""Running a flow from the command line, and following one."""
