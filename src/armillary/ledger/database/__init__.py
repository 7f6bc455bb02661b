"""Opening a database: schema, locks, dialect, rows to records, the outbox."""
