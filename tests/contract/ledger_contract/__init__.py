"""The ledger: what every engine must do."""
