"""The journal: what an owning process records of one root run while it runs it. Format and rules: docs/design.md."""
