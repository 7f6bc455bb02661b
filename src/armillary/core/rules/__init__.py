"""Decisions as pure functions: facts in, verdict out. The caller fetches facts and carries out the verdict."""
