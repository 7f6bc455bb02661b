"""Answers made of many rows: lists, graphs, histories, why a run waits."""
