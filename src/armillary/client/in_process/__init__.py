"""The client that opens the ledger of a home itself, a file for each noun."""
