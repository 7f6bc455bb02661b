"""How older databases become this release's: one module per version, numbered, never changed once released."""
