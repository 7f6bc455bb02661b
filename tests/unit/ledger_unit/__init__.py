"""The ledger's pure parts."""
