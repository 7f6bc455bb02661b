"""A ledger in PostgreSQL, and copying into one."""
