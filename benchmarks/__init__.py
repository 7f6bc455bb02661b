"""Armillary measured against its bars and its peers: ``python -m benchmarks --help``."""
