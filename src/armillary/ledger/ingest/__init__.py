"""From journal frames to rows."""
