"""Routes on the server itself: health, sign-in, tokens, stream, ingest."""
