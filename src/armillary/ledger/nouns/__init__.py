"""Small nouns: variables, limits, tokens, storage blocks, notifications and the like."""
