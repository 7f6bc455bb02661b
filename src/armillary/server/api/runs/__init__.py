"""Routes on flows, runs and what they leave."""
