"""Filters, pages and text search as SQL."""
