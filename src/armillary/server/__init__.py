"""The server: the ledger over HTTP, live, for the UI, the CLI, flows and agents."""
