"""The journal: what the owning process records about one root run. Format and rules: docs/design.md."""
