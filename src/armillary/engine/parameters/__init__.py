"""Signatures, and arguments converted by annotation."""
