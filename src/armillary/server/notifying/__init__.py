"""Telling people of what runs do."""
