"""Faults around the ledger: readers killed, files damaged, disks full."""
